import { win32 } from 'node:path';
import { bracketed } from '../bracketed.ts';
import { ServiceOptionError } from '../errors.ts';
import type { ServiceStep } from './service-step.ts';
import { heapMebibytes, type WorkerService } from './worker-services.ts';

/** What a Windows service of a worker is made of. */
export interface WinswOptions {
  readonly service: WorkerService;
  /** Folder with a folder per worker, for example `C:\Hartonomous\Workers`. */
  readonly root: string;
  /** WinSW 2.12 as it was downloaded. */
  readonly winsw: string;
  /** `DOTNET_ENVIRONMENT` of the worker. */
  readonly environment: string;
  /** Folder with its appsettings files; undefined: those of the release. */
  readonly configFolder: string | undefined;
  /** Mebibytes. */
  readonly memoryMebibytes: number;
  /**
   * `virtual`: an account of the service's own, `NT SERVICE\NAME`, without a password. Or a group managed service account,
   * `DOMAIN\name$`, whose password Windows keeps.
   */
  readonly account: string;
}

/** Seconds that WinSW waits for the worker's drain: longer than `Worker:StopDeadlineMs` of 20 seconds. */
const stopSeconds = 45;

/** A worker's folder, `C:\Hartonomous\Workers\Neo4jSync`, and files in it. */
export function winswFiles({ windowsName }: WorkerService, root: string) {
  const folder = win32.join(root, windowsName.replace(/^Hartonomous/, ''));
  return {
    folder,
    wrapper: win32.join(folder, `${windowsName}.exe`),
    definition: win32.join(folder, `${windowsName}.xml`),
    logs: win32.join(folder, 'logs'),
  };
}

/** The account as Windows writes it. @throws ServiceOptionError for one that has a password, which would have to be written down */
export function winswAccount({ service, account }: Pick<WinswOptions, 'service' | 'account'>): string {
  if (account === 'virtual') return `NT SERVICE\\${service.windowsName}`;
  if (/^[^\\\s]+\\[^\\]+\$$/.test(account)) return account;
  throw new ServiceOptionError(
    `The account ${JSON.stringify(account)} is neither "virtual" nor a group managed service account (DOMAIN\\name$).`,
  );
}

/**
 * What WinSW reads. Windows alone restarts the worker, three times a minute apart and then again (R7), when it ends with another
 * exit code than 0: a second restart loop would hide failures from it.
 */
export function winswDefinition(options: WinswOptions): string {
  const { service, environment, configFolder, memoryMebibytes } = options;
  const config = configFolder === undefined ? [] : ['--config', configFolder];
  const element = (name: string, text: string) => `  <${name}>${escaped(text)}</${name}>`;
  const variable = (name: string, value: string) => `  <env name="${escaped(name)}" value="${escaped(value)}"/>`;
  return [
    '<service>',
    element('id', service.windowsName),
    element('name', service.displayName),
    element('description', service.description),
    element('executable', '%BASE%\\current\\node.exe'),
    ...['main.js', ...config].map((argument) => element('argument', argument)),
    element('workingdirectory', '%BASE%\\current'),
    variable('DOTNET_ENVIRONMENT', environment),
    variable('NODE_ENV', 'production'),
    variable('LOG_FORMAT', 'json'),
    variable('NODE_OPTIONS', `--max-old-space-size=${heapMebibytes(memoryMebibytes)}`),
    element('startmode', 'Automatic'),
    element('stoptimeout', `${stopSeconds} sec`),
    ...Array.from({ length: 3 }, () => '  <onfailure action="restart" delay="60 sec"/>'),
    element('resetfailure', '1 day'),
    element('logpath', '%BASE%\\logs'),
    '  <log mode="roll-by-size">',
    '    <sizeThreshold>10240</sizeThreshold>',
    '    <keepFiles>8</keepFiles>',
    '  </log>',
    '</service>',
    '',
  ].join('\r\n');
}

/** What installs a worker. To be run as an administrator. */
export function planWinswInstall(options: WinswOptions, start: boolean): readonly ServiceStep[] {
  const { service, root, winsw } = options;
  const { folder, wrapper, definition, logs } = winswFiles(service, root);
  const account = winswAccount(options);
  const run = (command: string, ...args: readonly string[]): ServiceStep => ({ kind: 'run', command, args });
  return [
    { kind: 'copy', from: winsw, to: wrapper },
    { kind: 'write', path: definition, content: winswDefinition(options), mode: 0o644 },
    run(wrapper, 'install'),
    // WinSW's own element for accounts would want a password; Windows needs none for these.
    run('sc.exe', 'config', service.windowsName, 'obj=', account),
    run('icacls.exe', folder, '/grant', `${account}:(OI)(CI)RX`),
    { kind: 'write', path: win32.join(logs, '.keep'), content: '', mode: 0o644 },
    run('icacls.exe', logs, '/grant', `${account}:(OI)(CI)M`),
    {
      kind: 'run',
      command: 'powershell.exe',
      args: ['-NoProfile', '-Command', `New-EventLog -LogName Application -Source ${service.windowsName}`],
      mayFail: 'the source of the event log is there already',
    },
    ...(start ? [run(wrapper, 'start')] : []),
  ];
}

/** What removes a worker; releases and logs stay. */
export function planWinswUninstall(service: WorkerService, root: string): readonly ServiceStep[] {
  const { wrapper, definition } = winswFiles(service, root);
  return [
    { kind: 'run', command: wrapper, args: ['stop'], mayFail: 'it does not run' },
    { kind: 'run', command: wrapper, args: ['uninstall'] },
    {
      kind: 'run',
      command: 'powershell.exe',
      args: ['-NoProfile', '-Command', `Remove-EventLog -Source ${service.windowsName}`],
      mayFail: 'there is no source of the event log',
    },
    { kind: 'remove', path: definition },
    { kind: 'remove', path: wrapper },
  ];
}

/**
 * T-SQL that lets the account in as a worker, on the server that it connects to. Over the network a virtual account is its
 * computer's: give its name, `DOMAIN\HOST$`.
 */
export function workerLoginSql(account: string, database: string): string {
  const [login, name] = [bracketed(account), bracketed(database)];
  const text = account.replaceAll("'", "''");
  return [
    `IF SUSER_ID(N'${text}') IS NULL CREATE LOGIN ${login} FROM WINDOWS;`,
    `USE ${name};`,
    `IF USER_ID(N'${text}') IS NULL CREATE USER ${login} FOR LOGIN ${login};`,
    `ALTER ROLE [HartonomousWorker] ADD MEMBER ${login};`,
  ].join('\n');
}

function escaped(text: string): string {
  if (/\p{Cc}/u.test(text)) throw new ServiceOptionError(`${JSON.stringify(text)} has control characters.`);
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
