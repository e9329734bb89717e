// SIGUSR1 makes Node.js open a debugger on loopback, where everybody on the machine may run code in the kernel; with a listener of
// our own it does not, however the process was started
process.on("SIGUSR1", () => undefined);
