// `npm run schema`: writes the JSON Schemas of the jobs file and of a deployment as data.
import { writeFileSync } from 'node:fs';
import { placesSchema } from '../lib/cli/console/places-file.ts';
import { deploymentSchema } from '../lib/deploy/deployment-schema.ts';
import { jobsJsonSchema } from '../lib/jobs/json-schema.ts';

const SCHEMAS = {
  'migrations.schema.json': jobsJsonSchema(),
  'docs/deployment.schema.json': deploymentSchema(),
  'docs/places.schema.json': placesSchema(),
};

for (const [file, schema] of Object.entries(SCHEMAS)) {
  writeFileSync(new URL(`../${file}`, import.meta.url), `${JSON.stringify(schema, null, 2)}\n`);
}
