/** Unit tests (`npm run test:unit`) and end-to-end tests (`npm run test:e2e`) are two projects of one jest. */
const shared = {
  cacheDirectory: '<rootDir>/.cache/jest', // a project does not take it from the whole
  extensionsToTreatAsEsm: ['.ts'],
  testEnvironment: 'node',
  transform: { '\\.ts$': '<rootDir>/scripts/jest-esbuild.mjs' },
}

export default {
  projects: [
    {
      ...shared,
      displayName: 'unit',
      testMatch: ['<rootDir>/__tests__/**/*.test.ts'],
      testPathIgnorePatterns: ['<rootDir>/__tests__/e2e/'],
    },
    {
      ...shared,
      displayName: 'e2e',
      testMatch: ['<rootDir>/__tests__/e2e/**/*.test.ts'],
      globalSetup: '<rootDir>/scripts/jest-e2e-start.mjs',
      globalTeardown: '<rootDir>/scripts/jest-e2e-stop.mjs',
    },
  ],
}
