import { writeFileSync } from 'node:fs';
import { jobsJsonSchema } from '../lib/jobs/json-schema.ts';

writeFileSync(new URL('../migrations.schema.json', import.meta.url), `${JSON.stringify(jobsJsonSchema(), null, 2)}\n`);
