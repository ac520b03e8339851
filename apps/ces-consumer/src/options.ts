import { sqlConnectionString } from '@hartonomous/config-loader';
import { ingestionQueue } from '@hartonomous/provenance-schema';
import { healthSection, receiveAgeRule, workerShape } from '@hartonomous/queue-worker';
import { z } from 'zod';

const mebi = 1024 * 1024;
const host = z
  .string()
  .regex(/^[a-z0-9.-]+(:\d{1,5})?$/i, 'a host name, with a port if it is not 443, for example files.example.com')
  .transform((text) => text.toLowerCase());

const workerSection = z
  .strictObject({
    ...workerShape({
      // One file is read while another is written; more than a few only hold connections, memory and temporary files.
      readers: { default: 2, max: 16 },
      statementTimeoutMs: 60_000,
      maxReceiveAgeMs: { default: 900_000, max: 86_400_000 },
      retention: ingestionQueue.deadLetters.retention,
    }),
    /**
     * Milliseconds to wait for another ingestion of the same tenant to end. Shorter, and files behind a large one are
     * rolled back and tried again; longer, and a stuck one is noticed late.
     */
    LockTimeoutMs: z.int().min(0).max(3_600_000).default(300_000),
    /** Days that dbo.IngestionJob keeps the rows of files that are done. */
    JobRetentionDays: z.int().min(0).max(3_650).default(30),
  })
  .refine(...receiveAgeRule)
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

/** Settings of the worker; keys as in the appsettings files of runbook R2. */
export const settingsSchema = z.object({
  ConnectionStrings: z.object({ HartonomousDb: sqlConnectionString() }),
  Worker: workerSection,
  Ingestion: ingestionSection,
  Health: healthSection(8082),
});

/** What {@link settingsSchema} gives. */
export type Settings = z.output<typeof settingsSchema>;
