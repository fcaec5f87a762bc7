export default {
  testEnvironment: '<rootDir>/test/fixtures/test-environment.cjs',
  // One more than the cores of a small machine: some tests wait for processes and timers.
  maxWorkers: 3,
  testSequencer: '<rootDir>/test/fixtures/slow-first.mjs',
  // Many tests start processes and bundles; a machine that is busy with other things must not make them fail.
  testTimeout: 30_000,
  globalSetup: '<rootDir>/test/fixtures/build-programs.mjs',
  roots: ['<rootDir>/test', '<rootDir>/packages'],
  testMatch: ['**/*.test.ts'],
  extensionsToTreatAsEsm: [],
  transform: {
    '^.+\\.(t|m?j)s$': [
      '@swc/jest',
      {
        jsc: { parser: { syntax: 'typescript' }, target: 'es2022', keepClassNames: true },
        module: { type: 'commonjs' },
        sourceMaps: 'inline',
      },
    ],
  },
  // These ship ES modules only.
  transformIgnorePatterns: ['/node_modules/(?!(@middy|croner|uuid|marked|github-slugger)/)'],
  errorOnDeprecated: true,
};
