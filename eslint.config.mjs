import tseslint from 'typescript-eslint'

export default tseslint.config(
  {
    ignores: [
      'dist/',
      'node_modules/',
      '.cache/',
      'coverage/',
      '**/.venv/',
      '__tests__/fixtures/',
      '*.config.mjs',
      'scripts/*.mjs',
      'scripts/stubs/',
    ],
  },
  tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      'no-console': 'error',
      'no-restricted-globals': ['error', { name: 'process', message: 'Only the front doors touch process.' }],
    },
  },
  {
    files: ['src/cli*.ts', 'src/action*.ts', 'scripts/**', 'bench/**', '__tests__/**'],
    rules: { 'no-restricted-globals': 'off' },
  },
  { files: ['scripts/**', 'bench/**'], rules: { 'no-console': 'off' } },
)
