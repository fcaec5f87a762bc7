/** `npm run mutation`; what it is for and what the numbers mean is in CONTRIBUTING.md. */
export default {
  mutate: ['lib/runs/**/*.ts', 'lib/webhook/**/*.ts', '!lib/webhook/openapi/**'],
  plugins: ['@stryker-mutator/jest-runner', './test/mutants/sample-mutants.mjs'],
  ignorers: ['sample', 'wording'],
  // What runs once when a file is loaded, mostly tables: each such mutant would need every test, and literal expectations see to them.
  ignoreStatic: true,
  testRunner: 'jest',
  jest: { configFile: 'jest.mutation.config.mjs', enableFindRelatedTests: false },
  coverageAnalysis: 'perTest',
  concurrency: 2,
  // A timeout counts as noticed, so a machine that is busy for a moment must not make one.
  timeoutMS: 15_000,
  ignorePatterns: ['.local', 'coverage', 'dist'],
  tempDirName: '.stryker-tmp',
  // swc drops the types unseen.
  disableTypeChecks: false,
  // Stryker would rewrite the file by way of TypeScript's old API, which TypeScript 7 lacks.
  tsconfigFile: 'none',
  reporters: ['clear-text', 'progress-append-only', 'json', 'html'],
  jsonReporter: { fileName: 'coverage/mutation.json' },
  htmlReporter: { fileName: 'coverage/mutation.html' },
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
};
