/**
 * The version the emulator reports in PRELOGIN and LOGINACK: that of SQL Server 2022. Drivers refuse anything below 9,
 * and JDBC speaks TDS 7.4 from 11 on.
 */
export const productVersion = { major: 16, minor: 0, build: 4096 } as const;
