<?php
// SPDX-License-Identifier: Apache-2.0

// Options of the client, by the library's names. What is null comes from the process's environment, else from the defaults.
return [
    'api_key' => env('TPC_API_KEY'),
    'base_url' => env('THE_PROMPTING_COMPANY_BASE_URL'),
];
