import { expect, test } from 'vitest';
import { stepText } from '../../src/service/service-step.ts';
import {
  planWinswInstall,
  planWinswUninstall,
  type WinswOptions,
  winswAccount,
  winswDefinition,
  workerLoginSql,
} from '../../src/service/winsw-plan.ts';
import { workerServices } from '../../src/service/worker-services.ts';

const service = workerServices[0]!;
const options: WinswOptions = {
  service,
  root: 'C:\\Hartonomous\\Workers',
  winsw: 'WinSW-x64.exe',
  environment: 'Production',
  configFolder: 'C:\\Hartonomous\\R&D "settings"',
  memoryMebibytes: 1024,
  account: 'virtual',
};

test("the definition has the runbook's names and recovery, and one that restarts", () => {
  expect(winswDefinition(options).split('\r\n')).toEqual([
    '<service>',
    '  <id>HartonomousNeo4jSync</id>',
    '  <name>Hartonomous Neo4j Sync Worker</name>',
    '  <description>Brings the graph in Neo4j to the state of SQL Server.</description>',
    '  <executable>%BASE%\\current\\node.exe</executable>',
    '  <argument>main.js</argument>',
    '  <argument>--config</argument>',
    '  <argument>C:\\Hartonomous\\R&amp;D &quot;settings&quot;</argument>',
    '  <workingdirectory>%BASE%\\current</workingdirectory>',
    '  <env name="DOTNET_ENVIRONMENT" value="Production"/>',
    '  <env name="NODE_ENV" value="production"/>',
    '  <env name="LOG_FORMAT" value="json"/>',
    '  <env name="NODE_OPTIONS" value="--max-old-space-size=768"/>',
    '  <startmode>Automatic</startmode>',
    '  <stoptimeout>45 sec</stoptimeout>',
    '  <onfailure action="restart" delay="60 sec"/>',
    '  <onfailure action="restart" delay="60 sec"/>',
    '  <onfailure action="restart" delay="60 sec"/>',
    '  <resetfailure>1 day</resetfailure>',
    '  <logpath>%BASE%\\logs</logpath>',
    '  <log mode="roll-by-size">',
    '    <sizeThreshold>10240</sizeThreshold>',
    '    <keepFiles>8</keepFiles>',
    '  </log>',
    '</service>',
    '',
  ]);
});

test('installing and removing, step by step', () => {
  const folder = 'C:\\Hartonomous\\Workers\\Neo4jSync';
  const wrapper = `${folder}\\HartonomousNeo4jSync.exe`;
  const definition = `${folder}\\HartonomousNeo4jSync.xml`;
  expect(planWinswInstall(options, true).map(stepText)).toEqual([
    `copy WinSW-x64.exe to ${wrapper}`,
    `write ${definition}`,
    `${wrapper} install`,
    "sc.exe config HartonomousNeo4jSync obj= 'NT SERVICE\\HartonomousNeo4jSync'",
    `icacls.exe ${folder} /grant 'NT SERVICE\\HartonomousNeo4jSync:(OI)(CI)RX'`,
    `write ${folder}\\logs\\.keep`,
    `icacls.exe ${folder}\\logs /grant 'NT SERVICE\\HartonomousNeo4jSync:(OI)(CI)M'`,
    "powershell.exe -NoProfile -Command 'New-EventLog -LogName Application -Source HartonomousNeo4jSync'",
    `${wrapper} start`,
  ]);
  expect(planWinswUninstall(service, options.root).map(stepText)).toEqual([
    `${wrapper} stop`,
    `${wrapper} uninstall`,
    "powershell.exe -NoProfile -Command 'Remove-EventLog -Source HartonomousNeo4jSync'",
    `remove ${definition}`,
    `remove ${wrapper}`,
  ]);
});

test.each([
  ['virtual', 'NT SERVICE\\HartonomousNeo4jSync'],
  ['CORP\\svc-sync$', 'CORP\\svc-sync$'],
])('account %j is %j', (account, expected) => expect(winswAccount({ service, account })).toBe(expected));

test.each(['CORP\\a person', 'LocalSystem', '.\\svc', ''])(
  'account %j would need a password or all rights',
  (account) => {
    expect(() => winswAccount({ service, account })).toThrow(
      expect.objectContaining({ code: 'SERVICE_OPTION_INVALID' }),
    );
  },
);

test('the login, whatever its name has in it', () => {
  expect(workerLoginSql("CORP\\o'br]ien$", 'Harto]nomous').split('\n')).toEqual([
    "IF SUSER_ID(N'CORP\\o''br]ien$') IS NULL CREATE LOGIN [CORP\\o'br]]ien$] FROM WINDOWS;",
    'USE [Harto]]nomous];',
    "IF USER_ID(N'CORP\\o''br]ien$') IS NULL CREATE USER [CORP\\o'br]]ien$] FOR LOGIN [CORP\\o'br]]ien$];",
    "ALTER ROLE [HartonomousWorker] ADD MEMBER [CORP\\o'br]]ien$];",
  ]);
});
