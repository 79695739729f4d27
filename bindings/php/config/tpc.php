<?php
// SPDX-License-Identifier: Apache-2.0

// Options of the client, by the library's names. An option that is null is read from the environment, else has its default.
return [
    'api_key' => env('TPC_API_KEY'),
    'base_url' => env('THE_PROMPTING_COMPANY_BASE_URL'),
];
