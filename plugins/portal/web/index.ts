export { AnnouncementsCard } from "./announcements-card.js";
export { PortalHome } from "./portal-home.js";
