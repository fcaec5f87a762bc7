import { PROBES, runProbes } from '../../../../lib/cli/probe/run-probes.ts';
import type { Fault } from '../../../../packages/local-cloud/src/cloud/faults.ts';
import {
  OPEN_QUESTIONS,
  type QuestionId,
} from '../../../../packages/local-cloud/src/cloud/open-questions/open-questions.ts';
import { differing, openProbeOf, startProbedCloud } from './probed-cloud.ts';

/** Responses that a probe does not bring about itself. */
const OCCURRING: Readonly<Partial<Record<QuestionId, Fault>>> = {
  'error-body-403': { operation: 'ListBackupRecords', kind: 'forbidden' },
  'error-body-429': { operation: 'ListBackupRecords', kind: 'throttled' },
  'error-body-500': { operation: 'ListBackupRecords', kind: 'error', times: 2 },
};

const CASES = (Object.keys(PROBES) as QuestionId[]).flatMap((id) =>
  Object.keys(OPEN_QUESTIONS[id].behaviors).map((behavior) => [id, behavior] as const),
);

describe('a probe names the behavior of the account', () => {
  it.each(CASES)('%s=%s', async (id, behavior) => {
    const cloud = await startProbedCloud({ [id]: behavior });
    const fault = OCCURRING[id];
    if (fault) cloud.faults.add(fault);
    const { world, close } = openProbeOf(cloud);
    try {
      const answers = await runProbes(world);

      expect(answers.get(id)).toEqual({ behavior, evidence: expect.any(String) });
      expect(differing(answers).filter((other) => other !== id)).toEqual([]);
    } finally {
      await close();
      await cloud.close();
    }
  });
});
