import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv2020 from 'ajv/dist/2020.js';
import { fingerprint } from '../../lib/runs/start/occurrence.ts';
import { openApiDocument } from '../../lib/webhook/openapi/document.ts';
import { EXAMPLES } from '../../lib/webhook/openapi/examples.ts';
import { PROBLEM_BASE, PROBLEM_TYPES } from '../../lib/webhook/problem-types.ts';

type Json = Record<string, unknown>;

const ROOT = join(import.meta.dirname, '../..');
const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');

describe('docs/openapi.json', () => {
  it('is what npm run openapi writes', () => {
    expect(JSON.parse(read('docs/openapi.json'))).toEqual(openApiDocument());
  });

  it('passes npm run openapi:lint', () => {
    // In a process of its own: the linter is an ES module, which Jest can't load.
    const { stderr, status } = spawnSync(process.execPath, ['--import', 'tsx', 'scripts/lint-openapi.ts'], {
      cwd: ROOT,
      encoding: 'utf8',
    });

    expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
  });

  it('has gateway extensions for every operation', () => {
    const paths = Object.values(openApiDocument()['paths'] as Record<string, Json>);
    const operations = paths.flatMap((item) => ['get', 'post'].flatMap((method) => (item[method] as Json) ?? []));

    expect(operations).toHaveLength(7);
    for (const operation of operations) {
      expect(operation).toMatchObject({
        'x-apigateway-request-type': 'private',
        'x-apigateway-match-mode': 'NORMAL',
        'x-apigateway-backend': { type: 'FUNCTION', functionEndpoints: { version: 'latest', timeout: 10_000 } },
      });
    }
  });

  it('has examples that match its own schemas', () => {
    const ajv = new Ajv2020.Ajv2020({ strict: false, validateFormats: false });
    ajv.addSchema(openApiDocument(), 'api');

    expect(ajv.validate('api#/components/schemas/StartFields', EXAMPLES.start.import.value)).toBe(true);
    expect(ajv.validate('api#/components/schemas/StartFields', { backup_files: { file_source: 'tape' } })).toBe(false);
  });

  it('names the run of the example', () => {
    expect(fingerprint(EXAMPLES.job, { kind: 'request', parts: [EXAMPLES.key] })).toBe(EXAMPLES.run);
  });
});

describe('docs/webhook.md', () => {
  it('has a section for each problem, with its URL, its status and what to do', () => {
    const text = read('docs/webhook.md');
    const sections = Object.entries(PROBLEM_TYPES).map(
      ([name, { status, title, doc }]) => `### ${name}\n\n${status} ${title}. \`${PROBLEM_BASE}${name}\`\n\n${doc}\n`,
    );

    expect(sections.filter((section) => !text.includes(section))).toEqual([]);
    expect(text.match(/^### [a-z_]+$/gm)).toHaveLength(sections.length);
  });
});
