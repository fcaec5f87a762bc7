import { mutantsOf } from './mutant.ts';

/** Without those that take seconds. */
const SWEEP = 'simulation/sweep#^(?!.*(advances at each tick|no longer than a tick|when it is its own))';
const TURNS = 'simulation/turns#^(?!.*10,000 open runs)';

/** What `reconcile` takes up at each tick: runs, sets, buckets. */
export const TICK_MUTANTS = [
  ...mutantsOf(
    'lib/runs/follow/process-runs.ts',
    ['lib/runs/follow/reconcile'],
    [
      {
        breaks: 'the marker of a run that came at the last moment is removed',
        before: 'await unmarkOpen(ledger, job, run, generation);\n  await unmarkWaiting',
        after: 'await unmarkOpen(ledger, job, run, generation + 1);\n  await unmarkWaiting',
      },
      {
        breaks: 'a marker without a run is removed without a record that says so',
        before: "if (!isGivenUp && !(await records.append({ ...ledger.stamp(), type: 'void' }))) return undefined;",
        after: '',
      },
      {
        breaks: 'a marker is removed although its run came meanwhile',
        before: "if (!isGivenUp && !(await records.append({ ...ledger.stamp(), type: 'void' }))) return undefined;",
        after: "if (!isGivenUp) await records.append({ ...ledger.stamp(), type: 'void' });",
      },
      {
        breaks: 'a marker whose event may come again is removed',
        before: 'if (ledger.now() - at < ORPHAN_MS) return undefined;',
        after: 'if (ledger.now() - at < ORPHAN_MS / 25) return undefined;',
      },
      {
        breaks: 'a request that never came counts as waiting',
        before: '  await unmarkWaiting(ledger, job, run);\n  log.warn',
        after: '  log.warn',
        tests: ['lib/runs/follow/reconcile', 'lib/runs/start/waiting-requests'],
      },
      {
        breaks: 'a replay that died before its first record is forgotten',
        before: 'const isReplay = await completeReplay(records, entry, deps.ledger);',
        after: 'const isReplay = false && (await completeReplay(records, entry, deps.ledger));',
        tests: ['lib/runs/operate/replay-run', 'simulation/decisions'],
      },
      {
        breaks: 'where the next tick begins is written once',
        before: 'const isPlace = index % RUNS_PER_PLACE === 0 && (',
        after: 'const isPlace = index === RUNS_PER_PLACE && (',
        tests: [TURNS],
      },
      {
        breaks: 'the tick after one that died does not go on one by one',
        before: 'const careful = isCareful ? RUNS_PER_PLACE + MAX_PARALLEL : 0;',
        after: 'const careful = isCareful ? 0 : 0;',
        tests: [TURNS],
      },
      {
        breaks: 'a run that hangs has the whole tick',
        before: 'const taken = await withTimeShare(runMs, deps,',
        after: 'const taken = await withTimeShare(partMs, deps,',
        tests: ['simulation/turns#alone that hangs|more than a tenth'],
      },
      {
        breaks: 'a run that cannot be read is told to nobody',
        before: 'else if (!isRead && why && isPermanent(error)) await',
        after: 'else if (isRead && why && isPermanent(error)) await',
        tests: ['lib/runs/follow/reconcile', 'simulation/environments'],
      },
      {
        breaks: 'passing trouble of the ledger is reported as a record that cannot be read',
        before: 'else if (!isRead && why && isPermanent(error)) await',
        after: 'else if (!isRead && why) await',
        tests: ['lib/runs/follow/reconcile', 'simulation/environments'],
      },
      {
        breaks: 'a settled run that died before it left its lane stays there',
        before: '  if (state.settled) {\n    await settleRun(records, deps);\n',
        after: '  if (state.settled) {\n',
        tests: ['simulation/crash-points', 'lib/runs/follow/reconcile'],
      },
      {
        breaks: 'runs take all the time of their part, and reports get none',
        before: 'remainingMs() > partMs * REPORTS_SHARE && leaseMs',
        after: 'remainingMs() > 0 * REPORTS_SHARE && leaseMs',
        tests: ['simulation/turns#a fifth of the time'],
      },
    ],
  ),
  ...mutantsOf(
    'lib/runs/follow/reconcile.ts',
    [TURNS, 'lib/runs/follow/reconcile'],
    [
      {
        breaks: 'one part of a tick may take all of its time',
        before: 'const end = await withTimeShare(deps.remainingMs() - keptMs, deps, work[part]);',
        after: 'const end = await withTimeShare(deps.remainingMs() - 0 * keptMs, deps, work[part]);',
      },
      {
        breaks: 'a part that fails stops those after it',
        before: 'failures.push(error);',
        after: 'throw error;',
        tests: ['simulation/turns#with the other parts'],
      },
      {
        breaks: 'a part that fails is no failure of the tick',
        before: 'if (failures.length > 0) throw failures[0];',
        after: '',
        tests: ['simulation/turns#with the other parts'],
      },
      {
        breaks: 'a run gets more than a tenth of a tick',
        before: 'const runMs = Math.max(MIN_RUN_MS, tickMs * RUN_SHARE);',
        after: 'const runMs = Math.max(MIN_RUN_MS, tickMs * RUN_SHARE * 3);',
        tests: ['simulation/turns#more than a tenth'],
      },
    ],
  ),
  ...mutantsOf(
    'lib/runs/ledger/reconcile-turn.ts',
    ['lib/runs/ledger/reconcile-turn', TURNS],
    [
      {
        breaks: 'every tick begins with the oldest run',
        before: 'return next <= 0 ? sorted : [...sorted.slice(next), ...sorted.slice(0, next)];',
        after: 'return next < 0 ? [] : sorted;',
      },
      {
        breaks: 'a long tick that died counts as ended',
        before: '...(isLast ? {} : { hasDied: true })',
        after: '',
      },
      {
        breaks: 'every tick begins with the runs',
        before: 'const next = began === undefined ? 0 : PARTS.indexOf(began) + 1;',
        after: 'const next = began === undefined ? 0 : 0;',
      },
    ],
  ),
  ...mutantsOf(
    'lib/runs/ledger/open-runs.ts',
    ['lib/runs/ledger/open-runs', TURNS],
    [
      {
        breaks: 'only a page of the open runs is listed',
        before: 'if (page.length < PAGE || !last) return;',
        after: 'if (page.length < PAGE * 2 || !last) return;',
      },
      {
        breaks: 'open runs before the place are never listed',
        before: "if (start === '') return { open, isAll: true };",
        after: 'return { open, isAll: true };',
      },
      {
        breaks: 'open runs are listed whatever time that takes',
        before: 'if (page.length === PAGE && !hasTime()) return { open, isAll: false };',
        after: '',
      },
    ],
  ),
  ...mutantsOf(
    'lib/runs/start/sweep.ts',
    [SWEEP],
    [
      {
        breaks: 'a sweep after a long outage looks no farther back than look_back',
        before: 'Math.min(at - sweep.lookBackMs, last?.until ?? at)',
        after: 'at - sweep.lookBackMs',
      },
      {
        breaks: 'a sweep looks at less than look_back',
        before: 'Math.min(at - sweep.lookBackMs, last?.until ?? at)',
        after: '(last?.until ?? at)',
      },
      {
        breaks: 'a sweep imports what is older than the first one',
        before: 'const since = Math.max(start.at, Math.min(',
        after: 'const since = Math.max(0, Math.min(',
      },
      {
        breaks: 'a sweep starts what is so new that its notification is on its way',
        before: 'const until = at - Math.min(sweep.everyMs, MAX_GRACE_MS);',
        after: 'const until = at - 0 * Math.min(sweep.everyMs, MAX_GRACE_MS);',
      },
      {
        breaks: 'a sweep that kills the process is first again at the next tick',
        before: 'if (!isNew && !pass.isDone && hasQuota()) await writePass(',
        after: 'if (isNew && !pass.isDone && hasQuota()) await writePass(',
      },
      {
        breaks: 'a job that is swept is swept first again',
        before: '.sort((a, b) => workedAt(a) - workedAt(b));',
        after: ';',
        tests: ['simulation/sweep#another job wait'],
      },
      {
        breaks: 'a pass begins as soon as the last one is over',
        before: 'return isOver && ledger.now() >= at + sweep.everyMs;',
        after: 'return isOver;',
      },
      {
        breaks: 'what a pass missed is not recorded before it is started',
        before: '    await found?.addMissed(\n      page.missed.map(',
        after: '    await found?.addMissed(\n      page.missed.slice(1).map(',
      },
      {
        breaks: 'the sweep of one job that fails stops the others',
        before: "log.error('the sweep of a bucket failed; the next tick continues it', { error });",
        after: 'throw error;',
      },
      {
        breaks: 'a pass of another environment is gone on with',
        before: 'if (last && last !== LOST_PASS) refuseForeignPass(ledger, swept.scope, last);',
        after: '',
        tests: ['simulation/environments'],
      },
    ],
  ),
  ...mutantsOf(
    'lib/runs/start/sweep-page.ts',
    [SWEEP],
    [
      {
        breaks: 'a sweep starts what is newer than its pass',
        before: 'if (Date.parse(object.time) > until || isFolder',
        after: 'if (Number.isNaN(until) || isFolder',
      },
      {
        breaks: 'a sweep starts a job for an object of a probe',
        before: 'if (isProbeObject(object)) return false;',
        after: 'if (isProbeObject(object)) return true;',
      },
      {
        breaks: 'an object that could not be reported counts as known',
        before: '{ ledger }: RecordedDeps): Promise<void> {\n  const run',
        after: '{ ledger }: RecordedDeps): Promise<void> {\n  if (ledger) return Promise.resolve();\n  const run',
      },
      {
        breaks: 'an object whose first record could not be written is not started any longer',
        before: 'if (!isRecorded(result)) await skipObject(',
        after: 'if (isRecorded(result) && !key) await skipObject(',
      },
      {
        breaks: 'objects for which there was no time count as started',
        before: 'const isWhole = done === looked.length;',
        after: 'const isWhole = done <= looked.length;',
      },
      {
        breaks: 'a listing that was cut off for lack of time counts as whole',
        before: 'const isEnd = objects.length < most && deps.remainingMs() > MIN_START_MS;',
        after: 'const isEnd = objects.length < most;',
      },
      {
        breaks: 'a page takes all of the time, and nothing is started',
        before: 'begun === 0 || deps.remainingMs() > endMs',
        after: 'begun < endMs',
      },
    ],
  ),
  ...mutantsOf(
    'lib/runs/follow/recheck-unreadable.ts',
    [SWEEP],
    [
      {
        breaks: 'what could not be recorded is not looked at again',
        before: 'if (result && !isRecorded(result)) return result;',
        after: '',
      },
      {
        breaks: 'a record that cannot be read is reported at each tick',
        before: 'const isDue = found.messageId === undefined && notify',
        after: 'const isDue = notify',
      },
      {
        breaks: 'what is looked at again is looked at first forever',
        before: 'await putUnreadable(deps.ledger, { ...found,',
        after: 'if (messageId) await putUnreadable(deps.ledger, { ...found,',
        tests: [SWEEP, 'lib/runs/follow/reconcile'],
      },
    ],
  ),
  ...mutantsOf(
    'lib/runs/ledger/sweep-log.ts',
    ['lib/runs/ledger/sweep-log', SWEEP],
    [
      {
        breaks: 'an object that a killed tick had counted is counted twice',
        before: 'const news = keys.filter((key) => isBehind(key, counted));',
        after: 'const news = keys.filter((key) => isBehind(key, counted) || key);',
      },
      {
        breaks: 'a start that a lifecycle rule removed is made from now on',
        before: '...(last ? { at: last.since } : {})',
        after: '...(last ? {} : {})',
        tests: ['lib/runs/ledger/sweep-log'],
      },
      {
        breaks: 'a damaged note of a pass stops the sweep',
        before: 'return pass ? { pass } : { pass: LOST_PASS, damaged: name };',
        after: 'if (!pass) throw new Error(name); return { pass };',
      },
    ],
  ),
  ...mutantsOf(
    'lib/runs/follow/read-ahead.ts',
    ['lib/runs/follow/read-ahead'],
    [
      {
        breaks: 'eight logs are read before the first run had its turn',
        before: '#width = 1;',
        after: '#width = 8;',
      },
      {
        breaks: 'logs are read one by one',
        before: 'if (index + 1 >= this.#alone) this.#width = Math.min(MAX_PARALLEL, this.#width * 2);',
        after: 'index < 0;',
      },
      {
        breaks: 'all logs are read at once',
        before: 'if (index + 1 >= this.#alone) this.#width = Math.min(MAX_PARALLEL, this.#width * 2);',
        after: 'this.#width = this.#width * 1_000;',
      },
      {
        breaks: 'a log that was read ahead is read again',
        before: 'if (begun) return begun;',
        after: '',
      },
    ],
  ),
  ...mutantsOf(
    'lib/runs/report/cloud-eye-events.ts',
    ['simulation/cloud-eye'],
    [
      {
        breaks: 'a redelivery reports an old refusal to Cloud Eye again',
        before: '.filter(({ at }) => at > moment.since)',
        after: '',
      },
    ],
  ),
  ...mutantsOf(
    'lib/runs/follow/reconcile.ts',
    ['simulation/cloud-eye'],
    [
      {
        breaks: 'what happened in a tick that died is never reported to Cloud Eye',
        before: ' - REPORTED_TWICE_MS',
        after: ' + REPORTED_TWICE_MS',
      },
    ],
  ),
  ...mutantsOf(
    'lib/runs/report/waiting-report.ts',
    ['lib/runs/report/waiting-report'],
    [
      {
        breaks: 'a run that waits is told of at each tick',
        before: 'told.at < received.at + last.afterMs',
        after: 'told.at < now',
      },
      {
        breaks: 'a parked run is told of as one that waits',
        before: 'return !end && !parked && !attempt;',
        after: 'return !end && !attempt;',
      },
      {
        breaks: 'a run told of at once is told of again after an hour',
        before: 'last.number > 1 && ',
        after: '',
      },
    ],
  ),
  ...mutantsOf(
    'lib/runs/follow/process-runs.ts',
    ['lib/runs/follow/reconcile'],
    [
      {
        breaks: 'a run that was reported stays open',
        before: 'if (!log.state.settled) continue;',
        after: 'if (log.state.settled) continue;',
        tests: ['simulation/reports'],
      },
      {
        breaks: 'a run that no tick can process is never told of',
        before: '    seen.log = records;',
        after: '    if (records.state.end) seen.log = records;',
        tests: ['simulation/waiting-reports'],
      },
      {
        breaks: 'where the next tick begins is never noted',
        before: 'const isPlace = index % RUNS_PER_PLACE === 0 && (index > 0 || done.isPartOfAll);',
        after: 'const isPlace = index < 0;',
        tests: ['simulation/turns#before every twentieth'],
      },
      {
        breaks: 'a tick goes on where the last one was, whatever it reached',
        before: 'done.place = placeAfter(entry, done);',
        after: '',
        tests: [TURNS, 'lib/runs/follow/reconcile'],
      },
      {
        breaks: 'runs are processed without time',
        before: 'if (!hasTime()) break;',
        after: '',
      },
      {
        breaks: 'a damaged lane is reported by each run that waits for it',
        before: 'if (lane !== undefined) await note({ job, run: lane, why, lane }, ',
        after: 'if (lane !== undefined) await note({ job, run, why, lane }, ',
      },
    ],
  ),
  ...mutantsOf(
    'lib/runs/follow/reconcile.ts',
    ['lib/runs/follow/reconcile', TURNS],
    [
      {
        breaks: 'a tick that came to its end leaves no place though runs are left',
        before: 'if (counts.left > 0 || isPartOfAll) await',
        after: 'if (isPartOfAll) await',
      },
      {
        breaks: 'a tick begins with the same part as one that was killed',
        before: '{ ...beginningOf(open, place), began } : undefined;',
        after: '{ ...beginningOf(open, place) } : undefined;',
        tests: [TURNS],
      },
    ],
  ),
  ...mutantsOf(
    'lib/runs/ledger/reconcile-turn.ts',
    ['lib/runs/ledger/reconcile-turn'],
    [
      {
        breaks: 'a long tick that was killed is begun at its beginning',
        before: 'if (!isLong) return place;',
        after: 'if (tick) return place;',
      },
      {
        breaks: 'the note of an earlier tick counts',
        before: 'if (at !== tickAt || !isRun || !after) return {};',
        after: 'if (!isRun || !after) return {};',
      },
      {
        breaks: 'a damaged note of a tick stops all ticks',
        before: '  } catch {\n    return {};\n  }',
        after: '  } catch (error) {\n    throw error;\n  }',
      },
      {
        breaks: 'each tick asks for a note',
        before: 'if (!isLong) return place;',
        after: '',
      },
    ],
  ),
];
