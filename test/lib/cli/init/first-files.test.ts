import { Ajv } from 'ajv';
import fc from 'fast-check';
import { parse } from 'yaml';
import { jobsFileText } from '../../../../lib/cli/init/jobs-file-text.ts';
import { type Answers, QUESTIONS, type QuestionName, USES, type Use } from '../../../../lib/cli/init/questions.ts';
import { serviceFileText } from '../../../../lib/cli/init/service-file-text.ts';
import { checkService } from '../../../../lib/deploy/check-service.ts';
import { FUNCTION_SCHEMA, PROVIDER_SCHEMA } from '../../../../lib/deploy/config-schema.ts';
import type { FunctionSection, ServiceFile } from '../../../../lib/deploy/service-file.ts';
import { inspectJobs } from '../../../../lib/jobs/load-jobs.ts';

const BUILT = ['backup-landed', 'schedule', 'webhook', 'reconcile'];
const ajv = new Ajv();
const isProvider = ajv.compile({
  type: 'object',
  ...PROVIDER_SCHEMA,
  properties: { ...PROVIDER_SCHEMA.properties, name: {} },
  additionalProperties: false,
});
const isFunction = ajv.compile({ type: 'object', ...FUNCTION_SCHEMA, additionalProperties: false });

/** The final answers of somebody who accepts the default for each refused answer; or the name of the first refused default. */
function settle(given: Answers): Answers | string {
  let answers: Answers = {};
  for (const [name, { fallback, isNeeded, problem }] of Object.entries(QUESTIONS)) {
    if (isNeeded && !isNeeded(answers)) continue;
    const asked = given[name as QuestionName] ?? fallback;
    const answer = problem(asked, answers) === undefined ? asked : fallback;
    if (problem(answer, answers) !== undefined) return name;
    answers = { ...answers, [name]: answer };
  }
  return answers;
}

async function expectGood(answers: Answers): Promise<void> {
  const { loaded, problems, warnings } = await inspectJobs(jobsFileText(answers, '.'), 'yaml');
  expect(problems).toEqual([]);
  // Nothing but what nobody has answered yet, and that imports and the online migration share the one target.
  const known = /^must still be filled in|^is also the target of online migration move-cache/;
  const others = warnings.map(({ message }) => message).filter((message) => !known.test(message));
  expect(others).toEqual(answers.ledger === 'none' ? [expect.stringMatching(/^no ledger/)] : []);
  if (!loaded) throw new Error('no jobs');
  const { service, provider, functions } = parse(serviceFileText(answers, './p.mjs'));
  expect([isProvider(provider), Object.values(functions).every((own) => isFunction(own))]).toEqual([true, true]);
  const named = Object.entries(functions as Record<string, FunctionSection>).map(
    ([key, own]): [string, FunctionSection] => [key, { ...own, name: `${service}-dev-${key}` }],
  );
  const file: ServiceFile = { service, stage: 'dev', provider, functions: new Map(named) };
  const hasLedger = loaded.jobs.ledger !== undefined;
  const against = {
    jobs: loaded.jobs,
    hasLedger,
    built: BUILT,
    env: () => undefined,
    needsValues: false,
    placeOfSecret: () => undefined,
  };
  expect(checkService(file, against)).toEqual([]);
  expect(provider.agency).toBe(answers.agency);
}

const uses = Object.keys(USES) as Use[];
const subsets = Array.from({ length: 2 ** uses.length - 1 }, (_, i) =>
  uses.filter((_use, bit) => ((i + 1) >> bit) & 1),
);

describe('the first files', () => {
  it.each(subsets.flatMap((chosen) => ['ops-ledger', 'none'].map((ledger) => [chosen.join(','), ledger])))(
    'for %s with ledger %s pass check and the check of the deploy plugin',
    async (use, ledger) => {
      const answers = settle({ use, ledger });
      if (typeof answers === 'string') throw new Error(answers);

      await expectGood(answers);
    },
  );

  const bucket = fc.oneof(
    fc.stringMatching(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/),
    fc.constantFrom('true', 'null', '123', '1e5', '0x1f', '1.5', '2026-01-01'),
  );
  const id = fc.oneof(
    fc.uuid(),
    fc.stringMatching(/^[0-9a-f]{32}$/),
    fc.constantFrom('00000000000000000000000000000001', '12345678'),
    fc.string(),
  );
  const text = fc.oneof(bucket, id, fc.string());

  it('pass check for all valid answers', async () => {
    const accepted = fc.record(
      {
        region: fc.constantFrom('ap-southeast-3', 'cn-north-4', 'my-kualalumpur-1', 'x'),
        use: fc.subarray(uses).map((chosen) => chosen.join(',')),
        bucket: text,
        instance: id,
        sourceInstance: id,
        sourceAddress: fc.oneof(
          fc.tuple(fc.domain(), fc.nat(65_535)).map(([host, port]) => `${host}:${port}`),
          text,
        ),
        vpc: text,
        subnet: text,
        securityGroup: text,
        sourceServer: text,
        template: text,
        ledger: fc.oneof(bucket, fc.constant('none')),
        notify: fc.oneof(
          fc.constantFrom('none', 'urn:smn:ap-southeast-3:p0:t', 'urn:smn:cn-north-4:p:t-1'),
          fc.string(),
        ),
        agency: fc.oneof(fc.stringMatching(/^[A-Za-z][A-Za-z0-9_-]{0,20}$/), fc.constantFrom('true', 'null', 'no')),
      },
      { requiredKeys: [] },
    );
    let count = 0;
    await fc.assert(
      fc.asyncProperty(accepted, async (given) => {
        const answers = settle(given);
        if (typeof answers === 'string') return;
        count += 1;
        await expectGood(answers);
      }),
      { numRuns: 500 },
    );
    expect(count).toBeGreaterThan(400);
  });
});
