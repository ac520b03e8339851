import { ServiceOptionError } from '../errors.ts';
import { heapMebibytes, type WorkerService } from './worker-services.ts';

/** What a systemd service of a worker is made of. */
export interface SystemdUnitOptions {
  readonly service: WorkerService;
  /** Absolute path of Node. */
  readonly node: string;
  /** Folder with a folder per worker, each with its `current` release. */
  readonly root: string;
  /** Account that it runs as. */
  readonly user: string;
  /** `DOTNET_ENVIRONMENT` of the worker. */
  readonly environment: string;
  /** Folder with its appsettings files; undefined: those of the release. */
  readonly configFolder: string | undefined;
  /** Mebibytes. */
  readonly memoryMebibytes: number;
  /** Settings from files that only root can read, by name: `Neo4j__Password`. */
  readonly credentials: ReadonlyMap<string, string>;
  /** Groups of the account besides its own: `himds` reads the token of Azure Arc. */
  readonly groups: readonly string[];
}

/** Name of the template, which all workers share. R7's names begin with `hartonomous-`. */
export const systemdTemplate = 'hartonomous-worker@.service';

/** Name of a worker's unit. */
export function systemdUnit({ name }: WorkerService): string {
  return `hartonomous-worker@${name}.service`;
}

/** Name of the file with what is a worker's own, in the folder `<unit>.d`. Not `override.conf`, which `systemctl edit` writes. */
export const systemdDropIn = '10-hartonomous.conf';

/** Seconds without a watchdog notification after which systemd restarts the worker. */
const watchdogSeconds = 60;
/** Seconds from SIGTERM to SIGKILL: longer than `Worker:StopDeadlineMs` of 20 seconds. */
const stopSeconds = 45;

/**
 * The template unit. Its hardening leaves the worker its own state folder, network and nothing else; `MemoryDenyWriteExecute` can't be
 * among it, since V8 compiles at run time. Exposure by `systemd-analyze security` is at most 1.9 (a test runs it).
 */
export const systemdTemplateText = `# Written by \`hartonomous service install\`. Changes of your own belong into \`systemctl edit hartonomous-worker@NAME\`.
[Unit]
Description=Hartonomous worker %i
After=network-online.target himdsd.service
Wants=network-online.target
StartLimitIntervalSec=600
StartLimitBurst=10

[Service]
Type=notify
# systemd-notify, a child of the worker, sends its reports.
NotifyAccess=all
WatchdogSec=${watchdogSeconds}
Environment=NODE_ENV=production LOG_FORMAT=json
Restart=on-failure
RestartSec=5
# A command line that can't be understood stays wrong.
RestartPreventExitStatus=2
TimeoutStartSec=120
TimeoutStopSec=${stopSeconds}
KillMode=mixed
StateDirectory=hartonomous/%i
RuntimeDirectory=hartonomous/%i
SyslogIdentifier=hartonomous-%i
LimitNOFILE=65536
OOMPolicy=stop
UMask=0077

NoNewPrivileges=yes
CapabilityBoundingSet=
AmbientCapabilities=
ProtectSystem=strict
ProtectHome=yes
PrivateTmp=yes
PrivateDevices=yes
ProtectKernelTunables=yes
ProtectKernelModules=yes
ProtectKernelLogs=yes
ProtectControlGroups=yes
ProtectClock=yes
ProtectHostname=yes
ProtectProc=invisible
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6
LockPersonality=yes
RemoveIPC=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallFilter=~@privileged @resources
SystemCallErrorNumber=EPERM

[Install]
WantedBy=multi-user.target
`;

/** What is this worker's own, beside the template. */
export function systemdDropInText(options: SystemdUnitOptions): string {
  const { service, node, root, user, environment, configFolder, memoryMebibytes, credentials, groups } = options;
  const config = configFolder === undefined ? '' : ` --config ${unitWord(configFolder)}`;
  const lines = [
    '# Written by `hartonomous service install`, which replaces it. Changes of your own belong into `systemctl edit`.',
    '[Unit]',
    `Description=${service.displayName}`,
    '',
    '[Service]',
    `ExecStart=${unitWord(node)} main.js${config}`,
    `WorkingDirectory=${unitPath(root)}/%i/current`,
    `User=${unitValue(user)}`,
    `Environment=${quotedWord(`DOTNET_ENVIRONMENT=${environment}`)}`,
    // Before the kernel ends the process: V8 collects more often, then systemd slows it down.
    `Environment=NODE_OPTIONS=--max-old-space-size=${heapMebibytes(memoryMebibytes)}`,
    `MemoryHigh=${Math.floor(memoryMebibytes * 0.9)}M`,
    `MemoryMax=${memoryMebibytes}M`,
  ];
  if (groups.length > 0) lines.push(`SupplementaryGroups=${groups.map(unitValue).join(' ')}`);
  for (const [name, path] of credentials) lines.push(`LoadCredential=${unitValue(name)}:${unitPath(path)}`);
  return `${lines.join('\n')}\n`;
}

/** One word of a command line: as a {@link quotedWord}, with what would be a variable there taken literally. */
function unitWord(text: string): string {
  return quotedWord(text).replaceAll('$', '$$$$');
}

/** One word of a list: in quotes, with systemd's own specifiers taken literally. */
function quotedWord(text: string): string {
  const escaped = unitValue(text).replaceAll('\\', '\\\\').replaceAll('"', '\\"');
  return /^[\w@+=:,./-]+$/.test(escaped) ? escaped : `"${escaped}"`;
}

/** What a {@link unitWord} or {@link quotedWord} was made of; `undefined` for nothing. */
export function wordValue(word: string | undefined, isOfCommand: boolean): string | undefined {
  if (word === undefined) return undefined;
  const bare = word.startsWith('"') ? word.slice(1, -1).replaceAll(/\\(["\\])/g, '$1') : word;
  return (isOfCommand ? bare.replaceAll('$$', '$') : bare).replaceAll('%%', '%');
}

/** A path that is a whole value: no quotes there. @throws ServiceOptionError for one with blanks */
export function unitPath(path: string): string {
  if (/\s/.test(path))
    throw new ServiceOptionError(`The path ${JSON.stringify(path)} has blanks, which systemd does not take there.`);
  return unitValue(path);
}

/** @throws ServiceOptionError for what would begin another line of the unit */
function unitValue(text: string): string {
  if (/\p{Cc}/u.test(text)) throw new ServiceOptionError(`${JSON.stringify(text)} has control characters.`);
  return text.replaceAll('%', '%%');
}
