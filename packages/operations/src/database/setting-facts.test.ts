import { describe, expect, test } from 'vitest';
import { failureOf } from '../failure.ts';
import type { DatabaseSettings } from './database-settings.ts';
import { checkCompatibilityLevel, settingFacts } from './setting-facts.ts';

const well: DatabaseSettings = {
  name: 'App',
  engineEdition: 3,
  edition: 'Standard Edition (64-bit)',
  version: '15.0.4000.1',
  owner: 'sa',
  isOwnerDbo: 1,
  mayImpersonate: 1,
  impersonationRefusal: null,
  isBrokerUserOwner: 1,
  seesRoles: 1,
  seesDatabases: 1,
  isAutoCloseOn: false,
  compatibilityLevel: 150,
  isReadCommittedSnapshotOn: true,
  isBrokerEnabled: true,
  twins: [],
};

/** What is not well. */
const wrong = (changes: Partial<DatabaseSettings>) =>
  settingFacts({ ...well, ...changes }).filter(({ severity }) => severity !== 'ok');

test('all is well', () => {
  expect(wrong({})).toEqual([]);
  expect(settingFacts(well).every(({ action }) => action === null)).toBe(true);
});

describe('the owner', () => {
  test.each<[string, Partial<DatabaseSettings>, RegExp]>([
    ['has no login', { owner: null, isOwnerDbo: 1, impersonationRefusal: undefined }, /has no login on this server/],
    ['is not dbo inside', { owner: 'sa', isOwnerDbo: 0, impersonationRefusal: undefined }, /belongs to sa, but dbo/],
    [
      'is a Windows account that cannot be looked up',
      { owner: 'AD\\x', impersonationRefusal: 'error 15404: no' },
      /15404/,
    ],
  ])('%s: a problem with the statement', (_, changes, message) => {
    const [fact, ...others] = wrong(changes);
    expect(others).toEqual([]);
    expect(fact).toMatchObject({ id: 'database.owner', severity: 'problem', message: expect.stringMatching(message) });
    expect(fact?.action).toContain('ALTER AUTHORIZATION ON DATABASE::[App] TO [sa];');
  });

  test('of an unseen name that can be impersonated is well: what was tried decides', () => {
    expect(wrong({ owner: null, impersonationRefusal: null })).toEqual([]);
  });

  test('what a login may not try is not seen', () => {
    expect(wrong({ impersonationRefusal: undefined })).toMatchObject([
      { id: 'database.owner', severity: 'unseen', message: expect.stringMatching(/may not try.*belongs to sa\.$/) },
    ]);
  });
});

test('AUTO_CLOSE is a warning with the statement', () => {
  expect(wrong({ isAutoCloseOn: true })).toMatchObject([
    { id: 'database.auto-close', severity: 'warning', action: 'ALTER DATABASE [App] SET AUTO_CLOSE OFF;' },
  ]);
});

test.each([
  [120, 'problem'],
  [130, 'warning'],
  [140, 'warning'],
])('compatibility level %i is a %s', (compatibilityLevel, severity) => {
  expect(wrong({ compatibilityLevel })).toMatchObject([
    {
      id: 'database.compatibility-level',
      severity,
      action: 'ALTER DATABASE [App] SET COMPATIBILITY_LEVEL = 150;',
    },
  ]);
});

test('a level without OPENJSON is refused by a deployment', () => {
  let thrown: unknown;
  try {
    checkCompatibilityLevel('App', 120);
  } catch (error) {
    thrown = error;
  }
  expect(failureOf(thrown)).toMatchObject({
    code: 'COMPATIBILITY_LEVEL_TOO_LOW',
    kind: 'failed',
    action: 'ALTER DATABASE [App] SET COMPATIBILITY_LEVEL = 150;',
  });
  expect(() => checkCompatibilityLevel('App', 130)).not.toThrow();
});

test('Express is a warning: its databases are limited', () => {
  expect(wrong({ engineEdition: 4, edition: 'Express Edition (64-bit)' })).toMatchObject([
    { id: 'server.version', severity: 'warning', message: expect.stringContaining('10 GB') },
  ]);
});

test('READ_COMMITTED_SNAPSHOT that is off is a warning', () => {
  expect(wrong({ isReadCommittedSnapshotOn: false })).toMatchObject([
    { id: 'database.read-committed-snapshot', severity: 'warning' },
  ]);
});

test.each([
  [0, 1, 'problem'],
  [null, 1, 'problem'],
  [null, 0, 'unseen'],
])('HartonomousBroker in db_owner: %s, members of roles seen: %s: a %s', (isBrokerUserOwner, seesRoles, severity) => {
  expect(wrong({ isBrokerUserOwner, seesRoles })).toMatchObject([{ id: 'broker.owner', severity }]);
});

test.each([
  [false, true, 'problem'],
  [false, false, 'warning'],
  [true, false, undefined],
])('a copy: own broker on: %s, the other: %s: %s', (isBrokerEnabled, isOtherEnabled, severity) => {
  const twins = [{ name: 'Original', isBrokerEnabled: isOtherEnabled }];
  const [fact] = settingFacts({ ...well, isBrokerEnabled, twins }).filter(({ id }) => id === 'broker.identifier');
  expect(fact?.message).toContain('Original');
  expect(fact?.severity).toBe(severity ?? 'ok');
  if (severity !== undefined) expect(fact?.action).toContain('ALTER DATABASE [App] SET NEW_BROKER');
});

test('without VIEW ANY DATABASE, that there is no copy is not seen', () => {
  expect(wrong({ seesDatabases: 0 })).toMatchObject([{ id: 'broker.identifier', severity: 'unseen' }]);
});
