import { sqlConnectionString } from '@hartonomous/config-loader';
import { ingestionQueue } from '@hartonomous/provenance-schema';
import { applicationInsightsSection, healthSection, receiveAgeRule, workerShape } from '@hartonomous/queue-worker';
import { z } from 'zod';

const mebi = 1024 * 1024;
const host = z
  .string()
  .regex(/^[a-z0-9.-]+(:\d{1,5})?$/i, 'a host name, with a port if it is not 443, for example files.example.com')
  .transform((text) => text.toLowerCase());

const workerSection = z
  .strictObject({
    ...workerShape({
      // They only take messages in; files are worked on in Ingestion:Slots.
      readers: { default: 2, max: 16 },
      statementTimeoutMs: 60_000,
      maxReceiveAgeMs: { default: 120_000, max: 86_400_000 },
      retention: ingestionQueue.deadLetters.retention,
    }),
    /**
     * Milliseconds that a write of a slice waits for a lock, at most half of StatementTimeoutMs. A consumer of the
     * version before locks a tenant for a whole file. Too short: the tenant's other files are given back; too long: they keep slots.
     */
    LockTimeoutMs: z.int().min(0).max(3_600_000).default(30_000),
    /** Days that dbo.IngestionJob keeps the rows of files that are done. */
    JobRetentionDays: z.int().min(0).max(3_650).default(30),
  })
  .refine(...receiveAgeRule)
  .prefault({});

const ingestionSection = z
  .strictObject({
    /** Largest file in bytes. What is larger is dead-lettered; what is smaller may need as much room for temporary files, per slot. */
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
     * As HttpsHosts, for hosts within the own network: their addresses may be private or loopback ones. Anyone who may enqueue
     * can read what these hosts return to this machine.
     */
    PrivateHttpsHosts: z.array(host).default([]),
    /** Milliseconds for one download, from the first look-up to the last byte. */
    HttpsTimeoutMs: z.int().min(100).max(3_600_000).default(60_000),
    /**
     * Atoms in one statement. Too many: SQL Server locks whole tables (from about 5,000 locks on). Too few: round
     * trips dominate.
     */
    SliceAtoms: z.int().min(1).max(4_000).default(1_000),
    /** Bytes of text in one statement; with SliceAtoms it bounds the memory that a file takes. */
    SliceBytes: z
      .int()
      .min(1)
      .max(64 * mebi)
      .default(4 * mebi),
    /**
     * Languages of the text in pictures and scanned PDFs, by Tesseract's names (eng, deu, chi_sim). Tesseract must be installed with them. None:
     * pictures are kept as bytes and pages without text are noted. Each language takes more time; a page takes seconds of CPU time.
     */
    OcrLanguages: z
      .array(z.string().regex(/^(?:script\/)?[A-Za-z_]+$/, 'a language as Tesseract names it, for example eng'))
      .default([]),
    /** Tesseract's program: a path, or a name to look up in PATH. */
    OcrProgram: z.string().min(1).default('tesseract'),
    /**
     * Files that this process works on at a time, each of another tenant. Of more than one, the last is kept for files of at most
     * SmallFileBytes. Too few: tenants wait for each other. Too many: memory, temporary files and connections.
     */
    Slots: z.int().min(1).max(64).default(3),
    /**
     * Bytes of a file that may use the slot that is kept, as far as its message or its upload says; what comes by an address counts as
     * larger. Too small: more files wait behind large ones. Too large: files that take long hold the slot.
     */
    SmallFileBytes: z
      .int()
      .min(0)
      .max(1024 * mebi)
      .default(256 * 1024),
    /**
     * Milliseconds after which another worker may go on with a file whose worker is silent. Too short: a busy machine loses
     * files that it works on, which costs time and no data. Too long: after a crash they wait that long.
     */
    LeaseMs: z.int().min(1_000).max(3_600_000).default(30_000),
    /** Milliseconds between two checks for files that other processes have taken off the queue, or left. What this one takes in is seen at once. */
    PollMs: z.int().min(50).max(600_000).default(2_000),
    /**
     * Milliseconds from SIGTERM on in which files in hand may be finished; then they are given back, and another worker goes on where
     * this one was. Less than Worker:StopDeadlineMs.
     */
    StopGraceMs: z.int().min(0).max(600_000).default(10_000),
  })
  .prefault({});

/** Settings of the worker; keys as in the appsettings files of runbook R2. */
export const settingsSchema = z.object({
  ConnectionStrings: z.object({ HartonomousDb: sqlConnectionString() }),
  Worker: workerSection,
  Ingestion: ingestionSection,
  Health: healthSection(8082),
  ApplicationInsights: applicationInsightsSection(),
});

/** What {@link settingsSchema} gives. */
export type Settings = z.output<typeof settingsSchema>;
