import { GATEWAY } from './gateway-function.ts';
import { HEADERS, problems, success } from './responses.ts';
import { object } from './schema-parts.ts';

export const HEALTH = object({ status: { const: 'ok', type: 'string' } }, ['status']);

export const HEALTH_PATH = {
  get: {
    operationId: 'health',
    summary: 'Check that the function runs and its jobs file is valid',
    description: 'Makes no calls to the cloud.',
    tags: ['about'],
    security: [],
    responses: { 200: success('Health', 'The function is healthy.'), ...problems() },
    ...GATEWAY,
  },
};

export const OPENAPI_PATH = {
  get: {
    operationId: 'openApi',
    summary: 'This document',
    description: 'The same for every deployment.',
    tags: ['about'],
    security: [],
    responses: {
      200: {
        description: 'OpenAPI 3.1.',
        headers: HEADERS,
        content: { 'application/json': { schema: { type: 'object' } } },
      },
      ...problems(),
    },
    ...GATEWAY,
  },
};
