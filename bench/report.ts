import { median, middleHalf } from './statistics.ts';

/** A line of the table. */
export interface Row {
  readonly figure: string;
  readonly subject: string;
  readonly unit: string;
  /** One value per round. */
  readonly values: readonly number[];
  /** What it is compared with, round by round. */
  readonly against?: readonly { readonly name: string; readonly values: readonly number[]; readonly goal?: Goal }[];
  readonly goal?: Goal;
}

/** An upper limit; a negative limit requires a difference of at least that size. */
export interface Goal {
  readonly atMost: number;
}

export interface ReportedRow {
  readonly figure: string;
  readonly subject: string;
  readonly unit: string;
  readonly median: number;
  readonly middle_half: readonly [number, number];
  readonly rounds: number;
  readonly goal?: number;
  readonly met?: boolean;
  readonly ratios: readonly {
    readonly to: string;
    readonly median: number;
    readonly goal?: number;
    readonly met?: boolean;
  }[];
}

/** Ratios are computed within a round, so that a temporary slowdown of the machine does not affect them. */
export function toReportedRow({ figure, subject, unit, values, against = [], goal }: Row): ReportedRow {
  return {
    figure,
    subject,
    unit,
    median: median(values),
    middle_half: middleHalf(values),
    rounds: values.length,
    ...goalStatus(median(values), goal),
    ratios: against.map((base) => {
      const ratio = median(values.map((value, i) => value / (base.values[i] ?? Number.NaN)));
      return { to: base.name, median: ratio, ...goalStatus(ratio, base.goal) };
    }),
  };
}

function goalStatus(value: number, goal: Goal | undefined): { goal: number; met: boolean } | Record<never, never> {
  return goal ? { goal: goal.atMost, met: value <= goal.atMost } : {};
}

/** A plain-text table with figures and goals. */
export function formatTable(rows: readonly ReportedRow[]): string {
  const lines = rows.map((row) => [
    row.subject,
    `${formatNumber(row.median)} ${row.unit}`,
    spreadOf(row),
    comparedOf(row),
  ]);
  const widths = [0, 1, 2].map((column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  return lines
    .map((line) =>
      line
        .map((cell, i) => (i < 3 ? cell.padEnd(widths[i] ?? 0) : cell))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function spreadOf({ middle_half: [from, to], rounds }: ReportedRow): string {
  return rounds > 1 ? `(${formatNumber(from)} to ${formatNumber(to)})` : '';
}

function comparedOf({ goal, met, ratios }: ReportedRow): string {
  const goalOf = (most: number | undefined, isMet: boolean | undefined) =>
    most === undefined ? '' : ` [goal ${formatNumber(most)}${isMet ? '' : ', MISSED'}]`;
  const own = goal === undefined ? [] : [goalOf(goal, met).trim()];
  return [
    ...own,
    ...ratios.map((ratio) => `${formatNumber(ratio.median)} x ${ratio.to}${goalOf(ratio.goal, ratio.met)}`),
  ].join(', ');
}

function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return '-';
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return String(Number(value.toFixed(digits)));
}
