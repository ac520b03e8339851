/** Folder with a folder per worker, by the runbook (R7). */
export const workersRoots = {
  systemd: '/srv/www/hartonomous/workers',
  winsw: 'C:\\Hartonomous\\Workers',
} as const;
