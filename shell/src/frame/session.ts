import { authApi, type Contributions, type Profile, supervisorApi } from "@jinshui/contracts";
import { client, removeDrafts, send } from "@jinshui/web";

/** What anybody may know of the site. */
export interface Site {
  title: { "zh-CN": string; en?: string };
  bureaus: { id: string; title: { "zh-CN": string; en?: string } }[];
  /** Whether other systems and directories have a part in it. */
  federated?: boolean;
  /** Issuers elsewhere that people may sign in with. */
  sources?: { id: string; title: { "zh-CN": string; en?: string } }[];
  demo?: { password: string; accounts: { username: string; name: string; bureau: string; description: string }[] };
  version: string;
}

export async function readSite(): Promise<Site> {
  return (await send("GET", "/api/v1/site")).json() as Promise<Site>;
}

/** The signed-in person, or nothing. */
export async function readProfile(): Promise<Profile | undefined> {
  try {
    return await client(authApi).me({});
  } catch (error) {
    if ((error as { status?: number }).status === 401) return undefined;
    throw error;
  }
}

/** What somebody shows to be let in; what is needed is told by the answers. */
export interface Credentials {
  username: string;
  password: string;
  newPassword?: string;
  code?: string;
  passkey?: object;
}

export async function signIn(credentials: Credentials): Promise<Profile> {
  return (await send("POST", "/api/v1/session", { body: credentials })).json() as Promise<Profile>;
}

/** Proves once more who one is: the session goes on, and for ten minutes what is sensitive may be done. */
export async function signInAgain({ password, code, passkey }: Credentials): Promise<void> {
  await send("POST", "/api/v1/session/again", { body: { password, code, passkey } });
}

/** Ends the session here and at the server; what was typed and not sent goes. */
export async function signOut(): Promise<void> {
  removeDrafts();
  await send("DELETE", "/api/v1/session");
}

export function readContributions(): Promise<Contributions> {
  return client(supervisorApi).contributions({});
}
