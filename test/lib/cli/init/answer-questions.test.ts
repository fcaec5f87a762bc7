import { answerQuestions } from '../../../../lib/cli/init/answer-questions.ts';

/** A person who enters these answers in order. */
function person(...says: string[]) {
  const asked: string[] = [];
  const told: string[] = [];
  return {
    asked,
    told,
    terminal: {
      ask: async (question: string, fallback: string) => {
        asked.push(question);
        return says.shift() || fallback;
      },
      note: (text: string) => void told.push(text),
    },
  };
}

describe('answerQuestions', () => {
  it('asks only questions that apply, and uses the default for an empty answer', async () => {
    const { terminal, asked } = person('', 'servers', '', '', 'none');

    expect(await answerQuestions({}, { yes: false }, terminal)).toEqual({
      region: 'ap-southeast-3',
      use: 'servers',
      sourceServer: '00000000-0000-0000-0000-000000000006',
      template: '00000000-0000-0000-0000-000000000007',
      ledger: 'none',
      agency: 'migration-functions',
    });
    expect(asked).toHaveLength(6);
  });

  it('explains immediately why an answer is invalid, and asks again', async () => {
    const { terminal, asked, told } = person('Singapore', 'cn-south-1', 'servers');
    const { region } = await answerQuestions({}, { yes: false }, terminal);

    expect(region).toBe('cn-south-1');
    expect(told).toEqual(['"Singapore" is not a region id, such as ap-southeast-3']);
    expect(asked.slice(0, 2)).toEqual([asked[0], asked[0]]);
  });

  it('does not ask questions that are already answered', async () => {
    const { terminal, asked } = person();
    await answerQuestions({ region: 'cn-south-1', use: 'servers', ledger: 'none' }, { yes: false }, terminal);

    expect(asked).toHaveLength(3);
  });

  it('asks nothing at all with yes', async () => {
    const { terminal, asked } = person();
    await answerQuestions({}, { yes: true }, terminal);

    expect(asked).toEqual([]);
  });
});
