import { good, HEADERS, problems } from './answers.ts';
import { GATEWAY } from './gateway-function.ts';
import { object } from './schema-parts.ts';

export const HEALTH = object({ status: { const: 'ok', type: 'string' } }, ['status']);

export const HEALTH_PATH = {
  get: {
    operationId: 'health',
    summary: 'Is the function there and its jobs file good',
    description: 'Makes no call.',
    tags: ['about'],
    security: [],
    responses: { 200: good('Health', 'It is.'), ...problems() },
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
