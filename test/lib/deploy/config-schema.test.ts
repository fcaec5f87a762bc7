import { Ajv } from 'ajv';
import { FUNCTION_SCHEMA, PROVIDER_SCHEMA } from '../../../lib/deploy/config-schema.ts';

const ajv = new Ajv();
const of = (schema: object) => ajv.compile({ type: 'object', ...schema, additionalProperties: false });
const isProvider = of(PROVIDER_SCHEMA);
const isFunction = of(FUNCTION_SCHEMA);
const ID = '5e37b3be-950a-48e1-b498-65b63d336481';

describe('the schema of serverless.yml', () => {
  it.each<[object, boolean]>([
    [{ vpc: { id: ID, subnet: ID } }, true],
    [{ vpc: { id: ID, subnet: ID, securityGroup: ID } }, true],
    [{ vpc: { id: ID } }, false],
    [{ vpc: { id: ID, subnet: ID, cidr: '10.0.0.0/8' } }, false],
    [{ vpc: { id: '<VPC>', subnet: ID } }, false],
    [{ vpc: false }, false],
    [{ enterpriseProject: '0' }, true],
    [{ enterpriseProject: '' }, false],
    [{ prefix: 'staging/' }, true],
    [{ prefix: 'eu/staging/' }, true],
    [{ prefix: '' }, true],
    [{ prefix: 'staging' }, false],
    [{ prefix: '/staging/' }, false],
    [{ prefix: '../' }, false],
    [{ prefix: `${'x'.repeat(63)}/` }, true],
    [{ prefix: `${'x'.repeat(64)}/` }, false],
    [{ tags: {} }, true],
    [{ tags: { team: 'Caches & co'.replace('& ', '') } }, true],
    [{ tags: { 'Kosten stelle': 'Größe 1' } }, true],
    [{ tags: { _sys_x: 'a' } }, false],
    [{ tags: { ' x': 'a' } }, false],
    [{ tags: { 'x ': 'a' } }, false],
    [{ tags: { x: 'a&b' } }, false],
    [{ tags: { x: 1 } }, false],
    [{ tags: { [`${'k'.repeat(128)}`]: 'v'.repeat(255) } }, true],
    [{ tags: { [`${'k'.repeat(129)}`]: 'a' } }, false],
    [{ tags: { x: 'v'.repeat(256) } }, false],
    [{ tags: Object.fromEntries(Array.from({ length: 21 }, (_, i) => [`k${i}`, 'v'])) }, false],
  ])('decides about provider %j: %s', (value, isAccepted) => {
    expect(isProvider(value)).toBe(isAccepted);
  });

  it.each<[object, boolean]>([
    [{ vpc: false }, true],
    [{ vpc: { id: ID, subnet: ID } }, true],
    [{ vpc: true }, false],
    [{ agency: 'webhook-only', executionAgency: 'keys' }, true],
    [{ agency: 'not a name' }, false],
    [{ tags: { team: 'caches' } }, true],
    [{ prefix: 'staging/' }, false],
    [{ enterpriseProject: '0' }, false],
  ])('decides about a function %j: %s', (value, isAccepted) => {
    expect(isFunction(value)).toBe(isAccepted);
  });
});
