// The API page: Swagger UI over our own document, which sends nothing anywhere else.
// Reads: <… data-openapi="address of the document">, <meta name="csrf-token">; needs swagger-ui-bundle.js before it.
import "./docs/swagger.css";

const place = document.querySelector("[data-openapi]");
const wantsDark = matchMedia("(prefers-color-scheme: dark)");

window.SwaggerUIBundle({
  url: place.dataset.openapi,
  domNode: place,
  presets: [window.SwaggerUIBundle.presets.apis],
  onComplete: nameParts,
  validatorUrl: null,
  docExpansion: "list",
  defaultModelsExpandDepth: 0,
  requestInterceptor(request) {
    request.headers["X-CSRFToken"] = document.querySelector('meta[name="csrf-token"]').content;
    return request;
  },
});

followTheme();
window.addEventListener("theme-chosen", followTheme);
wantsDark.addEventListener("change", followTheme);

// For screen readers: two of its parts come without a name.
function nameParts() {
  const top = place.querySelector(".scheme-container");
  top?.setAttribute("role", "region");
  top?.setAttribute("aria-label", "Server and token");
  place.querySelector("#servers")?.setAttribute("aria-label", "Server");
}

// Swagger UI has a dark look of its own, by this class.
function followTheme() {
  const { theme } = document.documentElement.dataset;
  document.documentElement.classList.toggle("dark-mode", theme ? theme === "dark" : wantsDark.matches);
}
