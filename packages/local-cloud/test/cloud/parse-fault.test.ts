import { parseFault } from '../../src/cloud/parse-fault.ts';

describe('parseFault', () => {
  it.each([
    ['CreateMigrationTask=reply_lost', { operation: 'CreateMigrationTask', kind: 'reply_lost' }],
    [
      'ListTasks=error,service=SMS,status=503,code=SMS.1,times=2,skip=1',
      { operation: 'ListTasks', kind: 'error', service: 'SMS', status: 503, code: 'SMS.1', times: 2, skip: 1 },
    ],
    ['*=delay,delay_ms=0', { operation: '*', kind: 'delay', delayMs: 0 }],
    [
      'ShowTask=redirect,location=http://a/?b=c',
      { operation: 'ShowTask', kind: 'redirect', location: 'http://a/?b=c' },
    ],
  ])('parses %s', (text, fault) => {
    expect(parseFault(text)).toEqual(fault);
  });

  it.each([
    ['CreateTask', 'parse the fault CreateTask: expected <operation>=<kind>'],
    ['=html', 'parse the fault =html: expected <operation>=<kind>'],
    ['CreateTask=explode', 'unknown kind explode; use one of error, error_after, forbidden'],
    ['CreateTask=toString', 'unknown kind toString'],
    [
      'CreateTask=error,status',
      'expected one of service, times, skip, status, code, delay_ms, location with a value, got status',
    ],
    ['CreateTask=error,status=4xx', 'status must be a number, got 4xx'],
    ['CreateTask=error,', 'expected one of service'],
  ])('refuses %s', (text, message) => {
    expect(() => parseFault(text)).toThrow(message);
  });
});
