import type { RateLimitOptions } from "@jinshui/bus";
import { KERNEL_CALLERS } from "@jinshui/contracts";

/** Requests a plugin may send to the whole of the kernel. The SDK waits and asks again; who floods is ended. */
export const PLUGIN_RATE: RateLimitOptions = { exempt: KERNEL_CALLERS, perSecond: 500, burst: 1_000, flood: 10_000 };
