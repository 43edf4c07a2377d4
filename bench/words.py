"""What the rows of bench/rows.py talk about: fields of work, each with its own words, and how people say things."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Field:
    """One branch of the tree of categories and the words of who works in it."""

    category: str
    things: tuple[str, ...]
    acts: tuple[str, ...]
    products: tuple[str, ...]
    faults: tuple[str, ...]
    # What stands on the screen. {n}: a small number; {code}: a long one; {host}: a machine; {name}: an identifier.
    lines: tuple[str, ...]


def _field(category: str, things: str, acts: str, products: str, faults: str, lines: str) -> Field:
    def cut(text: str, between: str) -> tuple[str, ...]:
        return tuple(" ".join(part.split()) for part in text.split(between) if part.strip())

    return Field(category, cut(things, ","), cut(acts, ","), cut(products, ","), cut(faults, ","), cut(lines, "\n"))


FIELDS = (
    _field(
        "Network/VPN",
        """tunnel, gateway, certificate, split tunnel, routing table, client profile, handshake, second factor, subnet,
        proxy, remote desktop, token, key file, home router, company network, dead peer detection, name server""",
        "reset, reconnect, import, renew, trace, restart, approve, export, verify, ping, resolve",
        "WireGuard, OpenVPN, GlobalGate, AnyBridge, TunnelBox",
        """drops after ten minutes, times out at the login, shows no route to the office, asks for the password again,
        refuses the certificate, loses its name server, hangs at verifying""",
        """AUTH_FAILED: handshake timed out after {code} ms
        sudo wg-quick up {host}
        route add 10.{n}.0.0/16 via {host}
        ERR_CERT_DATE_INVALID
        resolvectl status {host}
        Error 0x8007{code}: the remote host closed the tunnel""",
    ),
    _field(
        "Network/Wi-Fi",
        """access point, guest network, channel, signal strength, roaming, captive portal, antenna, controller,
        adapter, driver, lease, shared key, band steering, meeting room screen""",
        "join, forget, scan, repair, pair, update, move, measure, rename, disable",
        "AirNest, UniPoint, SkyMesh, Roamer",
        """keeps asking for the key, is slow in the corner office, drops during calls, does not hand out an address,
        shows a yellow triangle, forgets the laptop""",
        """nmcli device wifi connect {host} password ********
        DHCP: no lease offered ({n} tries)
        Signal -{n} dBm, channel {n}
        iwconfig wlan0 txpower auto
        WLAN_REASON_{name}""",
    ),
    _field(
        "Office/Printing",
        """printer, toner, paper tray, print queue, driver, badge reader, scanner, duplex unit, print server, follow-me
        queue, margin, label roll, stapler, drum, cover sheet, colour profile""",
        "clear, cancel, install, align, refill, restart, scan, share, pause, calibrate, replace",
        "LaserJet 4200, PaperCut, Canon imageRunner, OfficePrint, Zebra ZT{n}",
        """prints blank pages, leaves stripes, says offline, jams in the second tray, eats the badge, prints in the
        wrong tray, forgets the driver after each update, cuts off the last line""",
        """Printer {host} is offline
        lpstat -p {host} -l
        PC LOAD LETTER ({code})
        Spooler error 0x0000{code}
        \\\\{host}\\queue-{n}
        cancel -a {host}""",
    ),
    _field(
        "Office/Spreadsheets",
        """pivot table, lookup, named range, conditional format, chart, macro, worksheet, date column, csv import,
        decimal comma, formula, slicer, protected cell, monthly report, filter, header row, rounding, total""",
        "sum, sort, filter, pivot, join, freeze, protect, merge, split, round, refresh, group",
        "Excel, LibreOffice Calc, Google Sheets, Numbers",
        """shows #REF, turns numbers into dates, counts twice, forgets leading zeros, is slow to open, loses its links,
        sums text as zero""",
        """=XLOOKUP(A{n};Prices!B:B;Prices!C:C)
        #VALUE! in cell C{n}
        =SUMIFS(E:E;B:B;"{name}")
        {file}.xlsx is locked for editing
        Refresh failed: {name} not found""",
    ),
    _field(
        "Office/E-mail and calendar",
        """signature, shared mailbox, rule, out-of-office note, distribution list, invitation, time zone, delegate,
        attachment, archive, quota, spam folder, room booking, recurring meeting, draft, read receipt, alias""",
        "forward, archive, recall, delegate, block, search, schedule, accept, unsubscribe, restore, flag",
        "Outlook, Thunderbird, Gmail, Exchange, Zimbra",
        """bounces with a size limit, sends the reply to everybody, shows the wrong hour, loses invitations,
        does not sync to the phone, fills the quota overnight""",
        """550 5.1.1 <{name}@example.org>: user unknown
        452 4.2.2 mailbox full ({code} MB)
        imap.{host}:993 SSL/TLS
        Rule "{name}" moved {n} messages
        SPF: softfail for {host}""",
    ),
    _field(
        "Accounts/Passwords",
        """password, password manager, second factor, recovery code, security key, locked account, single sign-on,
        session, passkey, vault, shared login, expiry date, authenticator, group membership, approval""",
        "reset, unlock, rotate, share, enrol, revoke, recover, generate, approve, store",
        "KeePass, Bitwarden, Okta, Keycloak, Authy",
        """locks after three tries, never sends the code, forgets the device, shows an endless redirect,
        says the key is not registered, expires on a holiday""",
        """Your account is locked. Try again in {n} minutes.
        SAML: invalid signature from {host}
        invalid_grant: token expired
        otpauth://totp/{name}?digits=6
        Access denied (policy {name})""",
    ),
    _field(
        "Software/Git",
        """branch, rebase, merge conflict, commit, tag, stash, remote, pull request, submodule, blame, hook,
        cherry-pick, detached head, history, large file, upstream, bisect, review comment, worktree, patch""",
        "rebase, squash, revert, stash, push, fetch, bisect, amend, resolve, review, split, cherry-pick",
        "Git, GitHub, GitLab, Gerrit, Sourcetree",
        """refuses to push, shows a conflict in every file, lost a commit, ends in a detached head, tracks a huge file,
        mixes up line endings""",
        """! [rejected] main -> main (non-fast-forward)
        CONFLICT (content): merge conflict in {file}.py
        git rebase --interactive HEAD~{n}
        git bisect run make test
        fatal: refusing to merge unrelated histories
        git push --force-with-lease origin {name}""",
    ),
    _field(
        "Software/Build and deploy",
        """pipeline, runner, cache, artifact, container image, registry, staging, rollback, release note, feature flag,
        health check, replica, secret, namespace, ingress, log line, deployment, blue-green switch, smoke test""",
        "deploy, roll back, retry, cache, tag, promote, scale, drain, restart, pin, trigger, inspect",
        "Jenkins, GitLab CI, Docker, Kubernetes, Argo, Helm, Terraform",
        """fails only on the runner, pulls the old image, restarts in a loop, runs out of memory, waits for an approval,
        can't reach the registry, breaks after the upgrade""",
        """CrashLoopBackOff: {host} restarted {n} times
        docker build -t registry.example.org/{name}:{code} .
        kubectl rollout undo deployment/{name}
        OOMKilled (exit code 137)
        ERROR: failed to pull image {name}: manifest unknown
        helm upgrade --install {name} ./chart --set replicas={n}""",
    ),
    _field(
        "Software/Databases",
        """index, query plan, migration, deadlock, replica, backup, view, foreign key, transaction, vacuum, connection
        pool, sequence, schema, slow query, null value, join, trigger, dump, lock, partition""",
        "explain, index, migrate, restore, vacuum, dump, tune, lock, replicate, truncate, join",
        "PostgreSQL, MySQL, SQLite, Oracle, Redis, MongoDB",
        """takes minutes for ten rows, waits for a lock, fills the disk, runs out of connections, returns every row
        twice, restores with the wrong encoding""",
        """ERROR: deadlock detected (process {code} waits for ShareLock)
        EXPLAIN ANALYZE SELECT * FROM {name} WHERE id = {code};
        FATAL: remaining connection slots are reserved
        pg_dump --format=custom {name} > {file}.dump
        ORA-{code}: unable to extend table {name}
        CREATE INDEX CONCURRENTLY ix_{name} ON {name} (created_at);""",
    ),
    _field(
        "Software/Python",
        """virtual environment, traceback, decorator, dataclass, generator, import path, type hint, test fixture, wheel,
        lock file, package, context manager, list comprehension, debugger, breakpoint, notebook, encoding, logger""",
        "debug, profile, import, install, mock, refactor, annotate, package, test, pin, trace",
        "Python, pytest, pip, uv, Jupyter, FastAPI, pandas",
        """can't find the module, works in the shell and not in cron, eats all memory, fails on Windows line endings,
        hangs at exit, passes alone and fails together""",
        """ModuleNotFoundError: No module named '{name}'
        Traceback (most recent call last): File "{file}.py", line {n}
        python -m venv .venv && . .venv/bin/activate
        TypeError: '{name}' object is not subscriptable
        def {name}(rows: list[int]) -> int:
        UnicodeDecodeError: 'utf-8' codec can't decode byte 0x{n}""",
    ),
    _field(
        "Software/Web pages",
        """component, form, style sheet, layout shift, cookie, cache header, console, breakpoint, event handler,
        promise, bundle, source map, focus order, screen reader, viewport, dark mode, font, redirect, content policy""",
        "inspect, style, bundle, cache, test, animate, validate, minify, focus, translate, measure",
        "Firefox, Chromium, Vite, React, Tailwind, htmx, Playwright",
        """jumps while it loads, is blank on the phone, ignores the style, blocks the pop-up, keeps the old script,
        loses the focus, fails behind the proxy""",
        """Uncaught TypeError: Cannot read properties of undefined (reading '{name}')
        Refused to load the script: Content-Security-Policy
        GET https://{host}/{name}.js net::ERR_ABORTED {code}
        npm run build -- --mode {name}
        @media (max-width: {n}px) {{ .{name} {{ display: none }} }}
        CORS: no Access-Control-Allow-Origin from {host}""",
    ),
    _field(
        "Systems/Linux servers",
        """service, disk, log file, cron job, permission, symbolic link, swap, kernel, package, mount, firewall rule,
        load average, zombie process, file descriptor, certificate, journal, backup, ssh key, time server, inode""",
        "restart, mount, grep, rotate, chmod, resize, tail, update, kill, schedule, sync, archive",
        "Debian, Ubuntu, systemd, nginx, OpenSSH, rsync, Ansible",
        """runs out of disk, refuses the key, starts before the network, leaks file descriptors, is full of old logs,
        comes up with the wrong time""",
        """systemctl status {name}.service
        No space left on device: /var/log/{file}.log
        Permission denied (publickey) for {name}@{host}
        rsync --archive --delete {host}:/srv/{name}/ .
        nginx: [emerg] bind() to 0.0.0.0:{code} failed
        journalctl --unit {name} --since "-{n} min" """,
    ),
    _field(
        "Systems/Windows and macOS",
        """registry key, group policy, update, profile, start menu, home folder, shortcut, remote desktop, task manager,
        keychain, disk image, recovery mode, driver, network drive, display, dock, permission prompt, screen lock""",
        "update, map, repair, uninstall, sign out, mirror, enrol, encrypt, reboot, pin, roll back",
        "Windows 11, macOS, Intune, PowerShell, Finder, BitLocker",
        """asks for the recovery key, forgets the drive, shows a black screen, updates in the middle of a talk,
        can't open the disk image, swaps the displays""",
        """STOP 0x000000{code}: {name}
        net use Z: \\\\{host}\\share /persistent:yes
        Get-Service {name} | Restart-Service
        The group policy {name} blocks this (error {code})
        diskutil verifyVolume /Volumes/{name}""",
    ),
    _field(
        "Finance/Travel and expenses",
        """receipt, expense report, mileage, cost centre, approval, per diem, credit card, exchange rate, invoice,
        booking, rail pass, hotel bill, tax number, reimbursement, budget line, project code""",
        "submit, approve, book, split, attach, cancel, correct, export, reject, reimburse",
        "Concur, SAP, Spendesk, DATEV",
        """is stuck in approval, converts the wrong currency, wants a receipt that is there, can't find the project,
        counts the breakfast twice""",
        """Report {code} was sent back: cost centre {name} is closed
        Posting period {n}/2026 is not open
        Amount {code}.50 EUR exceeds the limit
        Document {name}-{code} is locked by another user""",
    ),
    _field(
        "Finance/Orders and stock",
        """purchase order, supplier, delivery note, stock level, bar code, invoice, price list, credit note, warehouse,
        return, shipment, unit of measure, batch number, discount, customer record, order line""",
        "order, release, receive, count, book, return, label, invoice, correct, block",
        "SAP, Navision, Odoo, Business One",
        """shows a negative stock, prints the old price, blocks the delivery, can't be released,
        books to the wrong warehouse, wants a batch number""",
        """Message M{code}: quantity exceeds the open order
        Order {code} is blocked for delivery
        Transaction ME{n}N: {name}
        EAN {code}{code} is unknown""",
    ),
    _field(
        "People/New colleagues",
        """badge, laptop, first day, contract, team page, mentor, holiday request, time sheet, parental leave, payslip,
        training, key card, parking, lunch card, workplace, handbook, probation, interview, reference""",
        "request, sign, plan, welcome, enrol, approve, print, hand over, book, introduce",
        "Workday, Personio, Confluence, the intranet",
        """does not open the door, shows last year's days, is missing in the directory, can't be signed,
        sends the form back""",
        """Request {code} is waiting for {name}
        Holiday: {n} days left
        Badge {code} is not active
        You have no access to the space {name}""",
    ),
    _field(
        "Meetings/Calls and rooms",
        """microphone, camera, breakout room, screen share, recording, headset, echo, waiting room, projector, captions,
        background, bandwidth, room panel, dial-in number, whiteboard, hand signal, second screen""",
        "mute, share, record, join, pin, dial, mirror, blur, invite, admit, test",
        "Zoom, Teams, Jitsi, Webex, Meet",
        """echoes for everybody, shares the wrong window, has no sound, shows a black camera, can't find the projector,
        drops the guests""",
        """Your microphone is muted by the system
        Meeting {code} has not started
        HDMI{n}: no signal
        Unstable connection: {code} kbit/s
        {name} is waiting to be admitted""",
    ),
    _field(
        "Design/Pictures and print",
        """layer, mask, bleed, colour profile, vector path, font, export preset, artboard, component, grid, raster,
        transparency, crop mark, style guide, icon, mock-up, prototype, drop shadow, logo""",
        "crop, export, trace, align, mask, outline, link, flatten, scale, retouch",
        "Figma, Inkscape, GIMP, InDesign, Illustrator, Photoshop",
        """comes out grey in print, has white edges, loses its font, is far too large, exports a blank page,
        shows the wrong green""",
        """Missing font: {name}-Bold
        Export {file}.svg ({n} kB)
        Colour space mismatch: {name}
        Link {file}.tif is out of date""",
    ),
)

FIRST_NAMES = """Ada Bela Carla Dario Elif Fatou Goran Hana Ivo Jana Kofi Lena Milan Nadia Omar Paula Quentin Rosa Sven
Tamar Ulla Vera Wanda Xenia Yusuf Zoe Anton Berta Cyril Dora Emil Frida Gustav Helga Igor Judit Karim Leila Marek
Noor""".split()
PLACES = (
    """Berlin Porto Gdansk Lyon Aarhus Turin Graz Bergen Ghent Malmo Leeds Basel Cork Brno Split Riga Utrecht""".split()
)
ADJECTIVES = """old new second shared broken blue hidden default local remote empty large small quick wrong right spare
internal external monthly daily temporary safe plain certain whole usual latest former main other""".split()
ENDINGS = " ".join(
    """in the morning, after the update, on a new laptop, from home, without admin rights, before the deadline, for
the whole team, on the phone, at the end of the month, when nobody is there, behind the proxy, in two minutes, with a
guest account, after the holidays, in the test system, for a customer, on the second screen, at a branch
office""".split()
).split(", ")

# What people compare things with.
EVERYDAY = """anchor apple arrow attic bag ball barn barrel basket beach bell bench bicycle bird blanket boat bottle
bowl box branch brick bridge broom brush bucket bus button cabin cake candle canoe carpet carrot castle cat cellar
chain chair cheese cherry chimney circle clay clock cloud coat coffee coin comb cork corner cotton cradle crane crayon
cup curtain daisy desk diary dog doll domino door drawer drum duck dust eagle egg elbow elephant engine envelope farm
feather fence ferry field fig finger fireplace fish flag flame flower flute fog forest fork fountain fox frame freezer
frog garage garden gate giant glass glove glue goat grape grass guitar hammer hammock harbour harp hat hedge hill
hinge honey hood hook horse hose hotel island ivory jacket jam jar jungle kettle kitchen kite knee knife knot ladder
lake lamp lantern leaf lemon letter lid lighthouse lion lock magnet mango map marble market mattress meadow melon mill
mirror mitten moon moss mountain mouse mushroom napkin needle nest net nettle nut oar oak olive onion orange orchard
oven owl oyster paddle paint palace pan parcel parrot path peach pear pebble pencil pepper piano pigeon pillow pipe
pirate pizza plank plate plum pocket pond porch potato puddle pump puppet puzzle quilt rabbit radish rail rain
raincoat raspberry ribbon river road robin rocket roof root rope rose rug sail salad salt sand sandal saucer scarf
school scissors seal shed sheep shell shelf shoe shovel sieve silk sink skate sledge slipper snail snow soap sock sofa
soup spade sparrow spice spider spoon squirrel stable staircase stamp star stone storm stove strawberry street string
sugar suitcase sun swan swing table tailor tea teapot tent theatre thimble thread thunder ticket tiger toad tomato
tooth torch towel tower toy tractor train tram tree trumpet tulip tunic turnip turtle umbrella valley vase velvet
village vinegar violin wagon wall walnut wardrobe watch waterfall wave whale wheel whistle willow window wing winter
wolf wood wool yard zip""".split()

# Spoken sentences. {thing} and {act} come from the field; the rest from the lists here.
SENTENCES = """
first open the {thing} and look at the {adj} {thing2} on the left
then click on {act} and wait until the {thing} comes back
now you see the {adj} {thing} and below it the {thing2}
if the {thing} {fault} you want to {act} the {thing2} before anything else
what helped {person} was to {act} the {thing} {ending}
so I type the command here and press enter and there it is
the trick is that {product} keeps the {adj} {thing2} until you {act} it
make sure that the {thing} is really the {adj} one and not the {thing2}
I always forget this part so let me {act} the {thing} once more
you can see the message here it says that the {thing} {fault}
go to the settings of {product} and choose {thing} from the list
it takes about {n} seconds and then the {thing2} turns green
do not {act} the {adj} {thing} while {person} is still working on it
and that is the whole thing the {thing} works again {ending}
in {place} they do it the other way round they {act} the {thing2} first
by the way the same works for the {thing2} in {product}
scroll down a little until you find the {thing} and tick the {adj} box
I got this wrong for weeks because the {thing2} looks just like the {thing}
before that we {act} the {thing} so that nothing is lost
copy the {adj} value and paste it into the field of the {thing2}
ticket {ticket} says the same and {person} from {place} fixed it there
as you notice the {thing} is gone and the {adj} {thing2} is selected
now let us check with the {thing2} that it really worked
if you are in a hurry just {act} the {thing} and read the rest later
there are {n} of them in the list and only the {adj} one matters
when {product} asks whether to {act} the {thing} say yes
remember that the {thing} {fault} only {ending}
we will {act} it in a moment but first the {thing2}
the important setting is called {name} and it stands under {thing}
that was quick wasn't it so try it with your own {thing2}
okay so
right here
this is a bit like the {far} in {far2} only that nobody had to {act} it
{person} calls it the {word} {word2} which says it rather well
think of a {word} with a {word2} on top and you know what the {thing} does
for the {far} they use a {word} {word2} but we {act} the {thing}
the {word} one here is from {place} and has nothing to do with the {thing2}
let me show you that again
as I said the {thing}
and this is the {adj} part
""".strip().splitlines()
TITLES = """
{act} the {thing} when it {fault}
How to {act} the {thing} in {product}
{product}: the {thing} {fault}
{act} the {adj} {thing} {ending}
What to do when the {thing} {fault}
The {adj} {thing} and how to {act} it
{act} {thing} and {thing2} in {product}
My {thing} {fault}
{product} {thing} in two minutes
Where {product} hides the {thing2}
""".strip().splitlines()
DESCRIPTIONS = """
Shows how to {act} the {thing} when it {fault}. Works with {product} {ending}.
For everybody whose {thing} {fault}: two clicks, and no ticket. Ask {person} in {place} if it does not.
The {adj} way to {act} the {thing}, as asked in {ticket}.
After this you can {act} the {thing} and the {thing2} yourself.
""".strip().splitlines()

# (language, words for titles and sentences): few, as in a house that speaks English.
OTHERS = {
    "de": (
        """Drucker, Passwort, Rechnung, Tabelle, Verbindung, Zertifikat, Warteschlange, Vorlage, Urlaubsantrag,
        Freigabe, Sicherung, Anmeldung, Laufwerk, Bildschirm, Postfach, Kostenstelle, Schlüssel, Übersicht""",
        "öffnen, zurücksetzen, prüfen, speichern, drucken, verschieben, löschen, einrichten, freigeben, suchen",
        """zuerst {act2} wir hier die {thing} und warten einen Augenblick
        danach sieht man links die {thing} und rechts die {thing2}
        wenn die {thing} nicht erscheint muss man die {thing2} noch einmal {act}
        das dauert ungefähr {n} Sekunden und dann ist die {thing} wieder da
        {person} aus {place} hat mir gezeigt wie man die {thing} schneller {act} kann
        wichtig ist dass die {thing} geschlossen ist bevor man sie {act} will""",
        "{thing} {act}",
    ),
    "es": (
        """impresora, contraseña, factura, hoja, conexión, certificado, cola, plantilla, solicitud, copia, sesión,
        unidad, pantalla, buzón, clave, carpeta, cuenta, informe""",
        "abrir, restablecer, comprobar, guardar, imprimir, mover, borrar, configurar, compartir, buscar",
        """primero vamos a {act} la {thing} y esperamos un momento
        después se ve a la izquierda la {thing} y a la derecha la {thing2}
        si la {thing} no aparece hay que {act} otra vez la {thing2}
        tarda unos {n} segundos y la {thing} vuelve a funcionar
        {person} de {place} me enseñó a {act} la {thing} más rápido""",
        "Cómo {act} la {thing}",
    ),
    "fr": (
        """imprimante, facture, feuille, connexion, file, demande, sauvegarde, session, boîte, clé, page, liste, base,
        adresse, réunion, commande, note, caméra""",
        "ouvrir, réinitialiser, vérifier, enregistrer, imprimer, déplacer, supprimer, partager, chercher, fermer",
        """d'abord on va {act} la {thing} et on attend un instant
        ensuite on voit à gauche la {thing} et à droite la {thing2}
        si la {thing} n'apparaît pas il faut {act} encore une fois la {thing2}
        cela prend environ {n} secondes et la {thing} revient
        {person} de {place} m'a montré comment {act} la {thing} plus vite""",
        "Comment {act} la {thing}",
    ),
}
