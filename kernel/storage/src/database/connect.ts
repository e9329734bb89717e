import { dirname } from "node:path";
import { Sequelize } from "sequelize";
import { sqliteDialect } from "./sqlite-dialect.js";

/** How long a caller waits for one of the ten connections before it is told to come again, within five seconds. */
const ACQUIRE_MS = 4_500;
/** Longest statement; changes of tables may take as long as they need. */
const MAX_STATEMENT_SECONDS = 10;

const SESSION = [
  "sql_mode = 'STRICT_ALL_TABLES,NO_ZERO_DATE,NO_ENGINE_SUBSTITUTION,ONLY_FULL_GROUP_BY'",
  "innodb_lock_wait_timeout = 5",
];

interface Session {
  promise(): { query(sql: string): Promise<unknown> };
}

/** Opens the pool behind a database URL; `unlimited` lets statements take their time. */
export function connectSequelize(url: string, options: { unlimited?: boolean } = {}): Sequelize {
  return isSqlite(url) ? sqlite(url) : mysql(url, options.unlimited === true);
}

export function isSqlite(url: string): boolean {
  return url.startsWith("sqlite:");
}

/** Folder of an SQLite file. */
export function sqliteFolder(url: string): string {
  return dirname(url.slice("sqlite:".length));
}

/** Whether a server's address is this machine. */
export function isLocal(url: string): boolean {
  return ["localhost", "127.0.0.1", "[::1]", ""].includes(new URL(url).hostname);
}

function sqlite(url: string): Sequelize {
  return new Sequelize({
    dialect: "sqlite",
    storage: url.slice("sqlite:".length),
    dialectModule: sqliteDialect,
    logging: false,
    // these connections share two handles; writers wait for each other in one queue, not first here and then there
    pool: { max: 1_000, acquire: ACQUIRE_MS },
  });
}

function mysql(url: string, unlimited: boolean): Sequelize {
  return new Sequelize(url.replace(/^mariadb:/, "mysql:"), {
    dialect: "mysql",
    logging: false,
    timezone: "+00:00",
    pool: { max: unlimited ? 1 : 10, acquire: ACQUIRE_MS, idle: 60_000 },
    dialectOptions: { charset: "utf8mb4", supportBigNumbers: true, connectTimeout: 5_000 },
    hooks: {
      afterConnect: async (connection) => {
        const session = (connection as Session).promise();
        await session.query(`SET SESSION ${SESSION.join(", ")}`);
        // not as an option of Sequelize's, which would tell it the server before each transaction
        await session.query("SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED");
        if (!unlimited) await limitStatements(session);
      },
    },
  });
}

/** MariaDB limits every statement; MySQL, which does not know that variable, only reads. */
async function limitStatements(session: ReturnType<Session["promise"]>): Promise<void> {
  await session
    .query(`SET SESSION max_statement_time = ${MAX_STATEMENT_SECONDS}`)
    .catch(() => session.query(`SET SESSION max_execution_time = ${MAX_STATEMENT_SECONDS * 1_000}`));
}
