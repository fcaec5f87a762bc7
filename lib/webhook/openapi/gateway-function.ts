/**
 * How API Gateway turns an operation into an API when it imports this document (User Guide, "Extended Definition", apig_03_0085 to apig_03_0094,
 * 2025-01-10): NORMAL matches the path exactly. For `invocation-type`, the page's example has `synchronous`, older tables have `sync`.
 */
export const GATEWAY = {
  'x-apigateway-request-type': 'private',
  'x-apigateway-match-mode': 'NORMAL',
  'x-apigateway-backend': {
    type: 'FUNCTION',
    functionEndpoints: {
      'function-urn': 'urn:fss:REGION:PROJECT_ID:function:default:webhook',
      version: 'latest',
      'invocation-type': 'synchronous',
      timeout: 10_000,
    },
  },
};
