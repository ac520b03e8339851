import { join } from 'node:path';
import type { ServiceStep } from './service-step.ts';
import {
  type SystemdUnitOptions,
  systemdDropIn,
  systemdDropInText,
  systemdTemplate,
  systemdTemplateText,
  systemdUnit,
} from './systemd-unit.ts';
import type { WorkerService } from './worker-services.ts';

/** What is known of the machine before a service is installed or removed. */
export interface SystemdMachine {
  /** Folder of unit files. */
  readonly unitFolder: string;
  readonly hasUser: boolean;
  /** Names of the workers that are installed. */
  readonly installed: readonly string[];
}

/** Paths of a worker's files. */
export function systemdFiles(service: WorkerService, unitFolder: string) {
  return {
    template: join(unitFolder, systemdTemplate),
    dropInFolder: join(unitFolder, `${systemdUnit(service)}.d`),
    dropIn: join(unitFolder, `${systemdUnit(service)}.d`, systemdDropIn),
  };
}

/** What installs a worker, or brings its files to what is asked for now. */
export function planSystemdInstall(
  options: SystemdUnitOptions,
  { unitFolder, hasUser }: SystemdMachine,
  start: boolean,
): readonly ServiceStep[] {
  const { service, user, root } = options;
  const { template, dropIn } = systemdFiles(service, unitFolder);
  const unit = systemdUnit(service);
  const addUser: readonly ServiceStep[] = hasUser
    ? []
    : [
        {
          kind: 'run',
          command: 'useradd',
          args: [
            '--system',
            '--user-group',
            '--home-dir',
            root,
            '--no-create-home',
            '--shell',
            '/usr/sbin/nologin',
            user,
          ],
        },
      ];
  return [
    ...addUser,
    { kind: 'write', path: template, content: systemdTemplateText, mode: 0o644 },
    { kind: 'write', path: dropIn, content: systemdDropInText(options), mode: 0o644 },
    { kind: 'run', command: 'systemctl', args: ['daemon-reload'] },
    { kind: 'run', command: 'systemctl', args: ['enable', unit] },
    ...(start ? ([{ kind: 'run', command: 'systemctl', args: ['restart', unit] }] as const) : []),
  ];
}

/** What removes a worker and, with the last one, what all share. Releases stay: they came by another way. */
export function planSystemdUninstall(
  service: WorkerService,
  { unitFolder, installed }: SystemdMachine,
): readonly ServiceStep[] {
  const { template, dropInFolder, dropIn } = systemdFiles(service, unitFolder);
  const unit = systemdUnit(service);
  const isLast = installed.every((name) => name === service.name);
  return [
    { kind: 'run', command: 'systemctl', args: ['disable', '--now', unit] },
    // While the unit is known: afterwards systemd doesn't know which folders are its own.
    {
      kind: 'run',
      command: 'systemctl',
      args: ['clean', '--what=state', '--what=runtime', unit],
      mayFail: 'a worker that never ran has no state',
    },
    { kind: 'remove', path: dropIn },
    // Stays where `systemctl edit` has put a file of its own.
    { kind: 'remove', path: dropInFolder },
    ...(isLast ? ([{ kind: 'remove', path: template }] as const) : []),
    { kind: 'run', command: 'systemctl', args: ['daemon-reload'] },
    {
      kind: 'run',
      command: 'systemctl',
      args: ['reset-failed', unit],
      mayFail: 'a worker that did not fail has nothing to reset',
    },
  ];
}
