import { DeployError } from '../../../lib/deploy/deploy-error.ts';
import { CloudError } from '../../../lib/kernel/errors.ts';

describe('DeployError', () => {
  it('includes the details of the response', () => {
    const cause = new CloudError({
      service: 'FunctionGraph',
      operation: 'CreateFunction',
      outcome: 'rejected',
      temporary: false,
      status: 400,
      cloudCode: 'FSS.1011',
      cloudMessage: 'bad request',
      details: [{ message: 'the handler is too long' }],
    });

    expect(new DeployError('webhook', 'create', cause).message).toBe(
      'webhook: create: FunctionGraph CreateFunction: rejected: 400 FSS.1011 bad request: the handler is too long. What to do: fix the cause, and run the same command again: it continues from here',
    );
  });
});
