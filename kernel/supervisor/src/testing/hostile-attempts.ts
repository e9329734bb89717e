/** What a hostile plugin tries, what it must meet with, and where that is noticed. */
export interface Attempt {
  name: string;
  what: string;
  /** What denies it, in words. */
  by: string;
  /** What the plugin hears. */
  hears: RegExp;
  /** Action of the audit entry that names the plugin; absent where only the host or the server knows. */
  noticed?: string;
  /** What that entry says of just this attempt. */
  trace?: string;
  /** Holds only where the host lets the kernel give plugins a user, or a firewall. */
  needs?: "ownUser" | "networkLimit";
}

const MODEL = "permission model of Node.js; own user";
const CREDENTIAL = "nats-server, by the credential";
const USER = "own user";
const FIREWALL = "firewall (nftables)";
const HOST = "plugin.host-denied";
const BUS = "plugin.bus-denied";

const attempt = (name: string, what: string, by: string, hears: RegExp, noticed?: string): Attempt => ({
  name,
  what,
  by,
  hears,
  ...(noticed === undefined ? {} : { noticed }),
});
/** The plugin's log names the attempt. */
const onHost = (name: string, what: string, by = MODEL, hears = /^ERR_ACCESS_DENIED$/): Attempt => ({
  ...attempt(name, what, by, hears, HOST),
  trace: `refused ${name} `,
});
/** The server's log names the subject. */
const onBus = (name: string, what: string, subject: string): Attempt => ({
  ...attempt(name, what, CREDENTIAL, /Permissions Violation/, BUS),
  trace: `"${subject}"`,
});
const inKernel = (name: string, what: string, by: string, hears: RegExp, noticed?: string): Attempt =>
  attempt(name, what, by, hears, noticed);

/** Attempts that end with a word; what goes on until it is ended has tests of its own. */
export const ATTEMPTS: Attempt[] = [
  onHost("read-kernel-key", "read a key of the kernel"),
  onHost("read-other-plugin", "read a file of another plugin", "permission model of Node.js"),
  onHost("read-shadow", "read /etc/shadow"),
  onHost("read-kernel-environment", "read the kernel's environment in /proc"),
  attempt("own-environment", "find secrets in its own environment", "the kernel hands on none", /nothing in it/),
  onHost("write-outside", "write a file outside of its folder"),
  onHost("write-own-code", "change its own code"),
  onHost("link-out", "make a link that leads out of its folder"),
  onHost("spawn", "start a program", "permission model of Node.js"),
  onHost("fork", "start another Node.js", "permission model of Node.js"),
  onHost("worker", "start a worker thread", "permission model of Node.js"),
  onHost("native-addon", "load native code", "permission model of Node.js", /^ERR_DLOPEN_DISABLED$/),
  onHost("debugger", "open a debugger", "permission model of Node.js"),
  { ...onHost("become-root", "become root", USER, /^EPERM$/), needs: "ownUser" },
  { ...onHost("signal-kernel", "send the kernel a signal", USER, /^EPERM$/), needs: "ownUser" },
  ...[
    attempt("dial-tcp", "open a TCP connection to a server", FIREWALL, /ECONNREFUSED|timeout/, "plugin.network-denied"),
    attempt(
      "dial-database",
      "open a TCP connection to the database's port",
      FIREWALL,
      /ECONNREFUSED|timeout/,
      "plugin.network-denied",
    ),
    attempt("dial-udp", "send a UDP packet", FIREWALL, /EPERM|ECONNREFUSED/, "plugin.network-denied"),
    attempt("dns", "ask a name server", FIREWALL, /ETIMEOUT|ECONNREFUSED|EREFUSED/, "plugin.network-denied"),
  ].map((one): Attempt => ({ ...one, needs: "networkLimit" })),
  attempt(
    "bus-without-credential",
    "connect to the bus without a credential",
    "nats-server",
    /Authorization Violation/,
  ),
  onBus(
    "forge-caller-in-subject",
    "ask the kernel as the gateway, by the subject",
    "jinshui.storage.v1.wuhu.gateway.find",
  ),
  inKernel(
    "forge-caller-in-header",
    "call what is not for plugins, as the gateway by a header",
    "the API: only the subject says who calls",
    /^forbidden$/,
    "plugin.kernel-only",
  ),
  inKernel("forge-actor-token", "present an actor token of its own make", "signature", /^forbidden$/, "storage.find"),
  inKernel(
    "token-of-another",
    "present the actor token of another caller",
    "audience of the token",
    /^forbidden$/,
    "storage.find",
  ),
  inKernel(
    "expired-token",
    "present an actor token that has expired",
    "time in the token",
    /^session-expired$/,
    "storage.insert",
  ),
  inKernel(
    "other-bureau",
    "act in a bureau where it is not enabled",
    "enablement, checked at each call",
    /^not-enabled$/,
    "storage.insert",
  ),
  inKernel(
    "records-of-another",
    "write a record of another plugin",
    "rights of the collection",
    /^(forbidden|not-found)$/,
    "storage.insert",
  ),
  inKernel("replay-command", "send a command twice", "idempotency key", /no second effect/),
  onBus("hear-everything", "subscribe to everything", ">"),
  onBus("hear-inbox-of-gateway", "subscribe to the gateway's inbox", "_INBOX_gateway.>"),
  onBus("hear-replies-of-victim", "subscribe to the replies to another plugin", "_INBOX_victim.>"),
  onBus("hear-events", "subscribe to all events", "jinshui.event.>"),
  onBus("answer-for-victim", "answer in another plugin's place", "jinshui.plugin.*.victim.>"),
  onBus("answer-for-kernel", "answer in the kernel's place", "jinshui.storage.>"),
  onBus("forge-reply", "publish into another's inbox", "_INBOX_gateway.abc"),
  onBus("forge-event", "publish an event of the kernel's", "jinshui.event.wuhu.workflow.instance-completed"),
  onBus("forge-job", "publish a job for another plugin", "jinshui.job.wuhu.victim.pay"),
  onBus("delete-stream", "delete a stream through $JS.API", "$JS.API.STREAM.DELETE.EVENTS"),
  onBus("read-stream", "read a stream through $JS.API", "$JS.API.STREAM.MSG.GET.EVENTS"),
  onBus("server-account", "ask the server's own account ($SYS)", "$SYS.REQ.SERVER.PING"),
  onBus("hear-server", "subscribe to $SYS", "$SYS.>"),
  onBus("stop-victim", "tell another plugin to stop", "jinshui.control.v1.victim.drain.r1"),
  {
    ...inKernel(
      "stop-victim-by-reply",
      "have the kernel tell it, by the reply subject",
      "receivers answer only to the caller's inbox",
      /^done$/,
      "plugin.foreign-reply",
    ),
  },
  onBus("second-command-in-subject", "smuggle a second command into a subject", "jinshui.control.v1.victim.drain.r1"),
  attempt(
    "oversize-message",
    "send a message over the limit",
    CREDENTIAL,
    /maximum (message )?payload|connection closed/i,
    BUS,
  ),
  attempt("flood-of-subscriptions", "open 6,000 subscriptions", CREDENTIAL, /maximum subscriptions/, BUS),
];
