// `npm run openapi`: writes docs/openapi.json, the description of the webhook.
import { writeFileSync } from 'node:fs';
import { openApiDocument } from '../lib/webhook/openapi/document.ts';

writeFileSync(new URL('../docs/openapi.json', import.meta.url), `${JSON.stringify(openApiDocument(), null, 2)}\n`);
