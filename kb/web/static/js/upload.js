// The upload page.
import Alpine from "@alpinejs/csp";
import { uploads } from "./upload/uploads.js";

Alpine.data("uploads", uploads);
