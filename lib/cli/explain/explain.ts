import { parseAnyEvent } from '../../events/any-event.ts';
import { triggerValues } from '../../jobs/fill.ts';
import type { Jobs } from '../../jobs/job.ts';
import { plainText } from '../../kernel/plain-text.ts';
import { occurrenceOf } from '../../runs/start/occurrence.ts';
import { command } from '../command-line.ts';
import { EXIT } from '../exit-code.ts';
import { readEventFile } from '../read-event.ts';
import type { Terminal } from '../terminal.ts';
import { knownSecrets } from './known-secrets.ts';
import { matchEvent } from './match-event.ts';
import { problemLines, problemsJson, type StartVerdict, type Subject, type Verdict } from './verdict.ts';

/** `explain <event>`. */
export const addExplain = command('explain <event>', {
  summary: 'show which jobs an event starts, and why it does not start the others',
  about:
    'The event is a JSON file, or - for standard input: an event from OBS (direct, EventGrid, SMN), a timer or the API Gateway. Nothing is sent, and neither the cloud nor the ledger is read, so it does not show whether the run was handled before. Exit code 0: a job is started. 1: none is. 3: not an event.',
  examples: [
    'npx migrations event obs-put --key prod/dump.rdb -o event.json && npx migrations explain event.json',
    'npx migrations event timer | npx migrations explain - --json',
  ],
  hasPlace: true,
  work: async (context, _options, [file = '-']) => {
    const { terminal, env } = context;
    const { kind: place, settings, jobsFile, loadJobs } = await context.place();
    const { jobs } = await loadJobs();
    const event = parseAnyEvent(await readEventFile(file, context), settings.OBJECT_KEYS);
    const secrets = knownSecrets(jobs, env, place === 'local');
    const subjects = matchEvent(event, { jobs, settings, secrets });
    const { kind } = event;
    terminal.result(
      secrets.redactor.value({
        kind,
        jobs_file: jobsFile,
        subjects: subjects.map((subject) => subjectJson(subject, jobs)),
      }),
      () => [
        `${EVENT_NAMES[kind]}, for the jobs of ${jobsFile}`,
        ...(subjects.length === 0 ? [NO_RECORDS] : []),
        ...subjects
          .flatMap((subject) => subjectLines(subject, jobs, terminal))
          .map((line) => secrets.redactor.text(line)),
      ],
    );
    return subjects.some(({ verdicts }) => verdicts.some(({ starts }) => starts)) ? EXIT.done : EXIT.failed;
  },
});

/** For an OBS event with an empty list of records. */
const NO_RECORDS = 'it has no records, so no job is started';

const EVENT_NAMES = { object: 'OBS event', tick: 'timer event', request: 'API Gateway event' } as const;

function subjectJson({ what, fault, verdicts }: Subject, jobs: Jobs): unknown {
  return {
    what,
    ...(fault ? { fault: { code: fault.code, message: fault.message } } : {}),
    jobs: verdicts.map((verdict) => verdictJson(verdict, jobs)),
  };
}

function verdictJson(verdict: Verdict, jobs: Jobs): unknown {
  if (verdict.starts) {
    const { job, notes } = verdict;
    return { job: job.name, starts: true, ...factsOf(verdict, jobs), notes };
  }
  const { job, refused, code, message, problems } = verdict;
  const listed = problems.length > 0 ? { problems: problemsJson(problems) } : {};
  return { job, starts: false, refused, reason: { code, message, ...listed } };
}

/** Empty if the run is not known yet. */
function factsOf({ job, run }: StartVerdict, jobs: Jobs) {
  if (!run) return undefined;
  const { planned, received } = run.planned;
  return {
    run: received.run,
    occurrence: occurrenceOf(run.trigger),
    task: { kind: planned.kind, name: planned.name },
    values: triggerValues(job, run.trigger, jobs),
  };
}

function subjectLines({ what, fault, verdicts }: Subject, jobs: Jobs, { paint }: Terminal): string[] {
  const heading = ['', paint('strong', plainText(what))];
  if (fault) return [...heading, `  ${paint('bad', 'starts nothing')}: ${plainText(fault.message)}`];
  return [
    ...heading,
    ...verdicts.flatMap((verdict) => {
      if (verdict.starts) {
        return [`  ${paint('good', 'starts')} ${verdict.job.name}`, ...startLines(verdict, jobs)];
      }
      const { job, refused, code, message, problems } = verdict;
      const word = refused ? paint('bad', 'refused') : paint('dim', 'not');
      const details = problems.length > 0 ? problemLines(problems).map((line) => `    ${plainText(line)}`) : [];
      return [`  ${word} ${plainText(job)}: ${problems.length > 0 ? code : plainText(message)}`, ...details];
    }),
  ];
}

function startLines(verdict: StartVerdict, jobs: Jobs): string[] {
  const facts = factsOf(verdict, jobs);
  const rows: [string, string][] = facts
    ? [
        ['run', facts.run],
        ['occurrence', `${facts.occurrence.kind}: ${facts.occurrence.parts.join(', ')}`],
        ['task', `${facts.task.kind} ${facts.task.name}`],
        ...valuesOf(facts.values).map(([path, value]): [string, string] => [`{{ ${path} }}`, value]),
      ]
    : [];
  const notes = verdict.notes.map((note): [string, string] => ['note', note]);
  return [...rows, ...notes].map(([name, text]) => `    ${name}: ${plainText(text)}`);
}

/** Each placeholder that has a value, by its path. */
function valuesOf(value: unknown, path = ''): [string, string][] {
  if (typeof value !== 'object' || value === null) return [[path, String(value)]];
  return Object.entries(value).flatMap(([key, item]) => valuesOf(item, path ? `${path}.${key}` : key));
}
