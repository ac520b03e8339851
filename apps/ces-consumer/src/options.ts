import { sqlConnectionString } from '@hartonomous/config-loader';
import { z } from 'zod';

const mebi = 1024 * 1024;
const host = z
  .string()
  .regex(/^[a-z0-9.-]+(:\d{1,5})?$/i, 'a host name, with a port if it is not 443, for example files.example.com')
  .transform((text) => text.toLowerCase());

const workerSection = z
  .strictObject({
    /**
     * Files that are worked on at a time. One is read while another is written; more than a few only hold connections,
     * memory and temporary files.
     */
    Readers: z.int().min(1).max(16).default(2),
    /** Milliseconds that an idle reader waits on the server for a message; not a delay, messages come at once. */
    WaitMs: z.int().min(100).max(600_000).default(5_000),
    /**
     * Milliseconds to wait for another ingestion of the same tenant to end. Shorter, and files behind a large one are
     * rolled back and tried again; longer, and a stuck one is noticed late.
     */
    LockTimeoutMs: z.int().min(0).max(3_600_000).default(300_000),
    /** Milliseconds for any other statement. Shorter, a busy server looks away; longer, a dead one is noticed late. */
    StatementTimeoutMs: z.int().min(100).max(600_000).default(60_000),
    /** Milliseconds without a completed RECEIVE after which a reader counts as stuck (health says so). Longer than the slowest file. */
    MaxReceiveAgeMs: z.int().min(1_000).max(86_400_000).default(900_000),
    /** Milliseconds from SIGTERM to the end of the process; a file that takes longer is rolled back and done again. */
    StopDeadlineMs: z.int().min(3_000).max(600_000).default(20_000),
    /** Milliseconds between two looks at the queue for metrics; each counts the messages that wait. */
    WatchIntervalMs: z.int().min(100).max(3_600_000).default(15_000),
    /** Minutes between two purges of old jobs and abandoned uploads. */
    PurgeIntervalMinutes: z.number().positive().max(10_080).default(60),
    /** Days that dbo.IngestionJob keeps the rows of files that are done. */
    JobRetentionDays: z.int().min(0).max(3_650).default(30),
  })
  .refine((worker) => worker.MaxReceiveAgeMs > worker.WaitMs, {
    message: 'longer than Worker:WaitMs, or every idle reader counts as stuck',
    path: ['MaxReceiveAgeMs'],
  })
  .prefault({});

const ingestionSection = z
  .strictObject({
    /** Largest file in bytes. What is larger is dead-lettered; what is smaller may need as much room for temporary files, per reader. */
    MaxFileBytes: z
      .int()
      .min(1)
      .max(1024 * 1024 * mebi)
      .default(256 * mebi),
    /** Folders that file:// addresses may lead into. None: file:// is refused. */
    FileRoots: z.array(z.string().min(1)).default([]),
    /** Hosts that https:// addresses may lead to. None: https:// is refused. Their addresses must be public ones. */
    HttpsHosts: z.array(host).default([]),
    /**
     * As HttpsHosts, for hosts within the own network: their addresses may be private or loopback ones. Whoever may enqueue
     * can read what these hosts give this machine.
     */
    PrivateHttpsHosts: z.array(host).default([]),
    /** Milliseconds for one download, from the first look-up to the last byte. */
    HttpsTimeoutMs: z.int().min(100).max(3_600_000).default(60_000),
    /**
     * Atoms in one statement. Many more, and SQL Server locks whole tables (from about 5,000 locks on); much fewer, and round
     * trips dominate.
     */
    SliceAtoms: z.int().min(1).max(4_000).default(1_000),
    /** Bytes of text in one statement; with SliceAtoms it bounds the memory that a file takes. */
    SliceBytes: z
      .int()
      .min(1)
      .max(64 * mebi)
      .default(4 * mebi),
  })
  .prefault({});

const healthSection = z
  .strictObject({
    /** Address to listen on. Anything but a loopback address shows the worker's state to the network. */
    Host: z.string().min(1).default('127.0.0.1'),
    /** TCP port; 0 takes a free one, which the log names. Each worker on a machine needs its own. */
    Port: z.int().min(0).max(65_535).default(8082),
  })
  .prefault({});

/** Settings of the worker; keys as in the appsettings files of runbook R2. */
export const settingsSchema = z.object({
  ConnectionStrings: z.object({ HartonomousDb: sqlConnectionString() }),
  Worker: workerSection,
  Ingestion: ingestionSection,
  Health: healthSection,
});

/** What {@link settingsSchema} gives. */
export type Settings = z.output<typeof settingsSchema>;
