import type { BudgetView } from '../../runs/operate/budgets.ts';
import { durationText } from '../../runs/report/duration-text.ts';
import { counted } from '../counted.ts';
import { timeText } from './run-format.ts';

/** The budgets that hold runs back, or would hold back the next one, or that cannot be read; a line each. */
export function budgetLines(budgets: readonly BudgetView[]): string[] {
  return budgets.flatMap((budget) => {
    const { job, error, used_up: isUsedUp, waiting } = budget;
    if (error !== undefined) return [`  ${job}: its limit cannot be read: ${error}`];
    if (!isUsedUp && waiting === 0) return [];
    return [`  ${job}: ${[usedText(budget), nextText(budget), ...waitingText(budget)].join('; ')}`];
  });
}

function usedText({ limit: { runs, per_seconds: seconds }, used = 0 }: BudgetView): string {
  return `${used} of ${counted(runs, 'run')} per ${durationText(seconds * 1000)} used`;
}

function nextText({ used_up: isUsedUp, resets_at: at }: BudgetView): string {
  if (isUsedUp) return `the next may start at ${timeText(at)}`;
  return `more may start now, the limit begins again at ${timeText(at)}`;
}

function waitingText({ job, waiting, used_up: isUsedUp }: BudgetView): string[] {
  if (waiting === 0) return [];
  const wait = `${counted(waiting, 'run')} ${waiting === 1 ? 'waits' : 'wait'}`;
  return [isUsedUp ? `${wait}; to start one now: npx migrations runs run-now ${job} <run> --why "..."` : wait];
}
