import { join } from 'node:path';
import base from './jest.config.mjs';

/**
 * The tests that `npm run mutation` runs. What is left out would run for nearly every mutant that survives; what it alone sees counts as survived.
 */
const { globalSetup: _programs, ...rest } = base;

const LEFT_OUT = [
  // Bundles in processes and workers of their own, where Stryker sees nothing.
  'functions/hard-cases',
  'functions/leak',
  'functions/main-job',
  'functions/webhook-attacks',
  'functions/webhook-routes',
  'simulation/online-lanes',
  // Seconds each: random schedules, kills at every call, thousands of runs.
  'lib/runs/follow/follow-many',
  'simulation/crash-points',
  'simulation/followed-crashes',
  'simulation/many-sets',
  'simulation/schedules',
  'simulation/swapped-jobs',
  'simulation/sweep',
  'simulation/turns',
];

export default {
  ...rest,
  // Stryker loads it, and does not know <rootDir>.
  testEnvironment: join(import.meta.dirname, 'test/fixtures/test-environment.cjs'),
  roots: ['<rootDir>/test'],
  // Fewer of them give a lower bound of the score in a fraction of the time.
  testMatch: [`**/test/${process.env['MUTATION_TESTS'] ?? '{lib/runs,lib/webhook,simulation,functions}/**/*'}.test.ts`],
  testPathIgnorePatterns: LEFT_OUT.map((name) => `/test/${name}\\.test\\.ts$`),
  testSequencer: '<rootDir>/test/mutants/covering-files.cjs',
  runner: '<rootDir>/test/mutants/first-failure-runner.cjs',
  // A mutant may hang.
  testTimeout: 10_000,
};
