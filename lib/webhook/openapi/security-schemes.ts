/** How callers are authenticated: by the gateway, or by a job's `auth`. */
export const SECURITY_SCHEMES = {
  'apig-auth-app': {
    type: 'apiKey',
    in: 'header',
    name: 'Authorization',
    'x-apigateway-auth-type': 'AppSigv1',
    description: '`auth: gateway`: the gateway checks an application’s signature.',
  },
  'apig-auth-iam': {
    type: 'apiKey',
    in: 'header',
    name: 'unused',
    'x-apigateway-auth-type': 'IAM',
    description:
      '`auth: gateway`: the gateway checks the signature of an IAM user, who may belong to another account (docs/webhook.md).',
  },
  bearer: { type: 'http', scheme: 'bearer', description: '`auth: { bearer: [...] }`.' },
  standard_webhooks: {
    type: 'apiKey',
    in: 'header',
    name: 'webhook-signature',
    description: '`auth: { standard_webhooks: [...] }`, with `webhook-id` and `webhook-timestamp`.',
  },
};
