import { expect, test } from 'vitest';
import { commandLineSource } from './command-line-source.ts';
import { chooseEnvironment, describeEnvironment } from './environment-choice.ts';

test.each<[Record<string, string>, string[], string | undefined, object]>([
  [{}, [], undefined, { name: 'Production' }],
  [{ ASPNETCORE_ENVIRONMENT: 'Staging' }, [], undefined, { name: 'Staging', chosenBy: 'ASPNETCORE_ENVIRONMENT' }],
  [
    { ASPNETCORE_ENVIRONMENT: 'Staging', DOTNET_ENVIRONMENT: 'Development' },
    [],
    undefined,
    { name: 'Development', chosenBy: 'DOTNET_ENVIRONMENT' },
  ],
  [{ dotnet_environment: 'Development' }, [], undefined, { name: 'Development', chosenBy: 'DOTNET_ENVIRONMENT' }],
  [{ DOTNET_ENVIRONMENT: '' }, [], undefined, { name: 'Production' }],
  [
    { DOTNET_ENVIRONMENT: 'Development' },
    ['--environment', 'Production'],
    undefined,
    { name: 'Production', chosenBy: '--environment' },
  ],
  [{}, ['--environment=Staging'], 'Production', { name: 'Production', chosenBy: '--environment' }],
  [{}, ['--environment=Staging'], undefined, { name: 'Staging', chosenBy: '--environment' }],
])('from %j, %j and %j: %j', (env, args, given, expected) => {
  expect(chooseEnvironment(env, commandLineSource(args), given)).toEqual(expected);
});

test('says why, and what to do where nothing chose it', () => {
  expect(describeEnvironment({ name: 'Staging', chosenBy: 'DOTNET_ENVIRONMENT' })).toBe(
    'This is environment Staging, as DOTNET_ENVIRONMENT says.',
  );
  expect(describeEnvironment({ name: 'Production' })).toMatch(
    /^This is environment Production, the default: .*DOTNET_ENVIRONMENT.* set DOTNET_ENVIRONMENT=Development\.$/,
  );
});
