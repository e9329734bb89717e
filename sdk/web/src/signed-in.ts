import { authApi, type Profile } from "@jinshui/contracts";
import { client, SIGNED_OUT } from "./api-client.js";

let asked: Promise<Profile> | undefined;

/** Who is signed in, asked for once in a session; nothing while that can't be told. */
export async function signedIn(): Promise<Profile | undefined> {
  asked ??= client(authApi).me({});
  return asked.catch(() => (asked = undefined));
}

window.addEventListener(SIGNED_OUT, () => (asked = undefined));
