/*
 * Who makes a request: the AI agent, as the library knows it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "mod_tpc.h"

tpc_apache_agent tpc_apache_find_agent(tpc_client *client, const tpc_server_request_texts *texts)
{
    tpc_apache_agent agent = { NULL, NULL, NULL, NULL };
    const char *user_agent = texts->values[TPC_REQUEST_USER_AGENT];

    (void)client;
    if (user_agent != NULL)
        tpc_ai_agent(user_agent, texts->lengths[TPC_REQUEST_USER_AGENT], &agent.name, &agent.operator_name, &agent.purpose);
    return agent;
}
