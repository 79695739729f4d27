/*
 * librdkafka's own stand-in for a Kafka cluster, as a process: mock_cluster TOPIC PARTITIONS prints the brokers' addresses and
 * lives until its standard input ends. For each line there, the name of a consumer group, it prints how many of the topic's
 * messages the group has not committed.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const int milliseconds = 10000;

static rd_kafka_t *client(rd_kafka_type_t type, const char *brokers, const char *group) {
    char error[512] = "";
    rd_kafka_conf_t *settings = rd_kafka_conf_new();
    if (brokers != NULL) rd_kafka_conf_set(settings, "bootstrap.servers", brokers, error, sizeof error);
    if (group != NULL) rd_kafka_conf_set(settings, "group.id", group, error, sizeof error);
    rd_kafka_t *made = rd_kafka_new(type, settings, error, sizeof error);
    if (made == NULL) {
        fprintf(stderr, "%s\n", error);
        exit(1);
    }
    return made;
}

static long lag(const char *brokers, const char *group, const char *topic, int partitions) {
    rd_kafka_t *consumer = client(RD_KAFKA_CONSUMER, brokers, group);
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(partitions);
    for (int partition = 0; partition < partitions; partition++) rd_kafka_topic_partition_list_add(list, topic, partition);
    long missing = -1;
    if (rd_kafka_committed(consumer, list, milliseconds) == RD_KAFKA_RESP_ERR_NO_ERROR) {
        missing = 0;
        for (int partition = 0; partition < partitions; partition++) {
            int64_t low = 0, high = 0;
            rd_kafka_query_watermark_offsets(consumer, topic, partition, &low, &high, milliseconds);
            missing += high - (list->elems[partition].offset > 0 ? list->elems[partition].offset : 0);
        }
    }
    rd_kafka_topic_partition_list_destroy(list);
    rd_kafka_destroy(consumer);
    return missing;
}

int main(int count, char **arguments) {
    if (count != 3) return 2;
    const char *topic = arguments[1];
    int partitions = atoi(arguments[2]);
    rd_kafka_t *host = client(RD_KAFKA_PRODUCER, NULL, NULL);
    rd_kafka_mock_cluster_t *cluster = rd_kafka_mock_cluster_new(host, 3);
    if (cluster == NULL || rd_kafka_mock_topic_create(cluster, topic, partitions, 1) != RD_KAFKA_RESP_ERR_NO_ERROR) return 1;
    const char *brokers = rd_kafka_mock_cluster_bootstraps(cluster);
    puts(brokers);
    fflush(stdout);
    char group[256];
    while (fgets(group, sizeof group, stdin) != NULL) {
        group[strcspn(group, "\n")] = 0;
        printf("%ld\n", lag(brokers, group, topic, partitions));
        fflush(stdout);
    }
    rd_kafka_mock_cluster_destroy(cluster);
    rd_kafka_destroy(host);
    return 0;
}
