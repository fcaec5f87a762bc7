// `npm run openapi:lint`: checks docs/openapi.json against the OpenAPI 3.1 specification and Redocly's recommended rules.
import { readFileSync } from 'node:fs';
import { createConfig, lintFromString } from '@redocly/openapi-core';

const source = readFileSync(new URL('../docs/openapi.json', import.meta.url), 'utf8');
const config = await createConfig({ extends: ['recommended'] });
const found = await lintFromString({ source, config });
for (const { severity, ruleId, message, location } of found) {
  console.error(`${severity} ${ruleId} at ${location[0]?.pointer ?? '#'}: ${message}`);
}
if (found.length > 0) process.exitCode = 1;
