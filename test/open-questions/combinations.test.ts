import fc from 'fast-check';
import type { OpenQuestion } from '../../packages/local-cloud/src/cloud/open-questions/open-question.ts';
import { type Answers, OPEN_QUESTIONS } from '../../packages/local-cloud/src/cloud/open-questions/open-questions.ts';
import { unexpectedEnds } from './expected-ends.ts';
import { type Plan, play } from './play.ts';
import { useVirtualTime } from './virtual-time.ts';

useVirtualTime();

/** `COMBINATIONS=500 SEED=7 npx jest test/open-questions/combinations.test.ts` for more, or others. */
const COMBINATIONS = Number(process.env['COMBINATIONS'] ?? 6);
const SEED = Number(process.env['SEED'] ?? 1);

/** Each question with its default, shrunk to, or another behavior under which everything is promised. */
const answers: fc.Arbitrary<Answers> = fc
  .record(
    Object.fromEntries(
      Object.entries<OpenQuestion>(OPEN_QUESTIONS).map(([id, { behaviors, assumed, notPromised = {} }]) => {
        const others = Object.keys(behaviors).filter(
          (behavior) => behavior !== assumed && !(behavior in notPromised) && behavior !== 'beyond-signing',
        );
        return [id, fc.constantFrom(assumed, ...others)];
      }),
    ),
  )
  .map((all) => {
    const entries = Object.entries(all).filter(([id, behavior]) => {
      const question: OpenQuestion = OPEN_QUESTIONS[id as keyof typeof OPEN_QUESTIONS];
      return behavior !== question.assumed;
    });
    return Object.fromEntries(entries) as Answers;
  });

const plan: fc.Arbitrary<Plan> = fc.record({
  lost: fc.subarray(['CreateMigrationTask', 'CreateOnlineMigrationTask', 'CreateTask'] as const),
  crash: fc.record({
    at: fc.integer({ min: 1, max: 40 }),
    effect: fc.constantFrom('before' as const, 'after' as const),
  }),
});

describe('every promise holds under random combinations of behaviors', () => {
  it(`in ${COMBINATIONS} of them`, async () => {
    await fc.assert(
      fc.asyncProperty(answers, plan, async (assume, disturbances) => {
        const { violations, ends } = await play(assume, disturbances);
        expect(violations).toEqual([]);
        expect(unexpectedEnds(assume, ends)).toEqual([]);
      }),
      { numRuns: COMBINATIONS, seed: SEED, endOnFailure: false },
    );
  }, 600_000);
});
