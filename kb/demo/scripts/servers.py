"""Servers: a disk that is full, a certificate that ends, work for the night."""

from kb.demo.screens.acts import point, wait
from kb.demo.screens.desk import Desk
from kb.demo.screens.terminal import Terminal
from kb.demo.script import Beat, Script


def disk_full() -> Script:
    terminal = Terminal("web2 — ssh")
    return Script(
        Desk(terminal, "sea"),
        (
            Beat(
                "The machine has no room left and nothing can be written any more. Let us find out who ate it.",
                (
                    terminal.run(
                        "df -h /",
                        "Filesystem      Size  Used Avail Use% Mounted on",
                        "/dev/vda1        40G   40G    0G {bad|100%} /",
                    ),
                    point("/dev/vda1"),
                ),
            ),
            Beat(
                "We weigh every folder, and put the heaviest at the bottom. This may take a moment, so be patient.",
                (
                    terminal.run(
                        "du -xh --max-depth=2 / | sort -h | tail -4",
                        "2.1G    /usr/lib",
                        "3.4G    /home/deploy",
                        "31G     /var/log",
                        "38G     /var",
                        takes=22,
                    ),
                    terminal.light("31G"),
                ),
            ),
            Beat(
                "There is the culprit. The diary of the system has grown for years and nobody looked after it.",
                (point("31G"), wait(5)),
            ),
            Beat(
                "Never simply erase these by hand, because a program may still hold them open. "
                "Ask for the old ones to be thrown away, and keep one week.",
                (
                    terminal.run(
                        "sudo journalctl --vacuum-time=7d",
                        "Vacuuming done, freed {good|28.6G} of archived journals.",
                        takes=18,
                    ),
                ),
            ),
            Beat(
                "Weigh once more, and we can breathe with relief.",
                (terminal.run("df -h / | tail -1", "/dev/vda1        40G   12G   28G  {good|30%} /"),),
            ),
            Beat(
                "So that it never happens again, give it a limit. Two gigabytes are plenty.",
                (
                    terminal.run("echo SystemMaxUse=2G | sudo tee -a /etc/systemd/journald.conf", "SystemMaxUse=2G"),
                    terminal.run("sudo systemctl restart systemd-journald"),
                ),
            ),
        ),
    )


def renew_certificate() -> Script:
    terminal = Terminal("proxy1 — ssh")
    return Script(
        Desk(terminal, "slate"),
        (
            Beat(
                "Customers see a warning that our page is not safe. Nine times out of ten the lock has simply expired.",
                (
                    terminal.run(
                        "sudo certbot certificates",
                        "  Certificate Name: shop",
                        "    Domains: shop.example.org",
                        "    Expiry Date: 2026-03-03 08:14:02 ({bad|INVALID: EXPIRED})",
                        takes=8,
                    ),
                    point("    Expiry"),
                ),
            ),
            Beat(
                "It should have been replaced by itself a month ago, so let us ask why that did not happen.",
                (
                    terminal.run(
                        "systemctl status certbot.timer | head -3",
                        "{bad|o} certbot.timer - Run certbot twice daily",
                        "     Loaded: loaded ({warm|disabled})",
                        "     Active: {bad|inactive (dead)}",
                    ),
                    terminal.light("     Loaded", "     Active"),
                ),
            ),
            Beat(
                "Somebody switched off the clock. Before we touch anything, we rehearse. Nothing is changed yet.",
                (
                    terminal.run(
                        "sudo certbot renew --dry-run",
                        "Congratulations, all simulated renewals {good|succeeded}.",
                        takes=18,
                    ),
                ),
            ),
            Beat(
                "The rehearsal went well, so now we do it for real.",
                (
                    terminal.run(
                        "sudo certbot renew --deploy-hook 'systemctl reload nginx'",
                        "{good|/etc/letsencrypt/live/shop/fullchain.pem} (success)",
                        takes=20,
                    ),
                ),
            ),
            Beat(
                "Wind up the clock again, so that in three months nobody has to think of it.",
                (terminal.run("sudo systemctl enable --now certbot.timer", "Created symlink certbot.timer"),),
            ),
            Beat("Open the shop in a browser, and the little padlock is closed. That is all.", (wait(6),)),
        ),
    )


def nightly_job() -> Script:
    terminal = Terminal("db1 — ssh")
    return Script(
        Desk(terminal, "meadow"),
        (
            Beat(
                "A copy of the data should be made every night while everybody sleeps. "
                "The computer can do that without us.",
                (terminal.run("ls -lh backup.sh", "-rwxr-x--- 1 deploy deploy 412 backup.sh"),),
            ),
            Beat(
                "Try it by hand first. What does not work in the daylight will not work in the dark.",
                (terminal.run("./backup.sh && echo fine", "{good|fine}", takes=14),),
            ),
            Beat(
                "Now we write it into the timetable. There are five numbers, "
                "and they mean minute, hour, day, month and weekday.",
                (
                    terminal.run(
                        "crontab -e",
                        "{soft|# m  h  dom mon dow  command}",
                        "{number|30 2  *   *   1-5}  /home/deploy/backup.sh >> backup.log 2>&1",
                        takes=8,
                    ),
                    terminal.light("30 2"),
                ),
            ),
            Beat(
                "So this one begins at half past two in the morning, from Monday to Friday.",
                (point("30 2"), wait(5)),
            ),
            Beat(
                "Always use the full address of the program, since at that hour it does not know where your home is. "
                "And let it keep a diary, else you will never hear why it failed.",
                (terminal.run("crontab -l | tail -1", "30 2  *   *   1-5  /home/deploy/backup.sh >> backup.log 2>&1"),),
            ),
            Beat(
                "Tomorrow at breakfast, read the last line and be happy.",
                (terminal.run("tail -1 backup.log", "2026-03-04 02:31 {good|done}, 1.9G"),),
            ),
        ),
    )
