import type { AuthApi, Client, StorageApi, WorkflowApi } from "@jinshui/contracts";
import type { Log } from "@jinshui/bus";
import type { InjectionToken } from "tsyringe";

/** Records and files: the storage API in the call's bureau, for the call's person, within the call's time. */
export type Storage = Client<StorageApi>;
export const Storage: InjectionToken<Storage> = Symbol.for("jinshui.storage");

/** Matters and tasks, likewise. */
export type Workflow = Client<WorkflowApi>;
export const Workflow: InjectionToken<Workflow> = Symbol.for("jinshui.workflow");

/** People and rights, likewise. */
export type Auth = Client<AuthApi>;
export const Auth: InjectionToken<Auth> = Symbol.for("jinshui.auth");

/** A logger; one JSON line per event, seen on the plugin's admin page when it fails. */
export const Logger: InjectionToken<Log> = Symbol.for("jinshui.log");
