import { secret, sqlConnectionString } from '@hartonomous/config-loader';
import { healthSection } from '@hartonomous/queue-worker';
import { z } from 'zod';

const apiSection = z
  .strictObject({
    /** Address to listen on. Anything but a loopback address offers the API to the network: put TLS in front of it. */
    Host: z.string().min(1).default('127.0.0.1'),
    /** TCP port; 0 takes a free one, which the log names. */
    Port: z.int().min(0).max(65_535).default(8080),
    /**
     * Connections to each of SQL Server and Neo4j. Too few: requests wait for each other. Too many: one API can take all that the
     * servers have for everybody.
     */
    MaxConnections: z.int().min(2).max(200).default(20),
    /** Milliseconds for a query. Too short: deep lineage fails. Too long: a question that nobody waits for keeps a server busy. */
    QueryTimeoutMs: z.int().min(100).max(600_000).default(30_000),
    /** Seconds that a checked API key is trusted without asking SQL again, also one that has just been revoked. 0: each request asks. */
    KeyCacheSeconds: z.int().min(0).max(300).default(5),
    /** Requests of one tenant a minute; more are answered with 429. */
    RequestsPerMinute: z.int().min(1).max(1_000_000).default(1_200),
    /** Most bytes of a file. */
    MaxUploadBytes: z
      .int()
      .min(1)
      .max(2 ** 43)
      .default(268_435_456),
    /** Files that are taken in at a time; each takes a few MB of memory. More are answered with 503. */
    MaxUploads: z.int().min(1).max(1_000).default(20),
    /** Seconds that files wait before new ones are answered with 503: sending more would only make all wait longer. */
    MaxQueueAgeSeconds: z.int().min(1).max(604_800).default(600),
    /** Streams of progress at a time, each of which asks SQL every second. More are answered with 503. */
    MaxStreams: z.int().min(1).max(10_000).default(100),
    /** Milliseconds between two looks at both servers while nobody asks for anything. */
    ProbeIntervalMs: z.int().min(100).max(3_600_000).default(15_000),
    /** Milliseconds from SIGTERM to the end of the process, in which requests under way are finished. */
    StopDeadlineMs: z.int().min(3_000).max(600_000).default(20_000),
    /** Days that dbo.ApiAudit keeps its rows. */
    AuditRetentionDays: z.int().min(0).max(36_500).default(365),
    /** Minutes between two purges. */
    PurgeIntervalMinutes: z.number().positive().max(10_080).default(60),
  })
  .prefault({});

/** Settings of the API; keys as in the appsettings files of the workers. */
export const settingsSchema = z.object({
  ConnectionStrings: z.object({ HartonomousDb: sqlConnectionString() }),
  Neo4j: z.object({
    Uri: z
      .string()
      .regex(
        /^(bolt|neo4j)(\+s|\+ssc)?:\/\/[^/\s#@]+\/?$/,
        'an address like bolt://localhost:7687; user and password have settings of their own',
      ),
    Username: z.string().min(1, 'a user name'),
    Password: secret(),
    Database: z.string().min(1).default('neo4j'),
  }),
  Api: apiSection,
  Health: healthSection(8084),
});

/** What {@link settingsSchema} gives. */
export type Settings = z.output<typeof settingsSchema>;
