"""A lab with six racks, three of which prepare themselves, and one where the member must show a code."""

from app.demos.demo import Demo, Fields, Visit

WEEKDAY = [{"opens": "08:00", "closes": "22:00"}]
SUNDAY = [{"opens": "10:00", "closes": "18:00"}]
EVENING_PEAK = {"weekdays": [0, 1, 2, 3, 4], "from_time": "18:00", "until_time": "22:00", "percent": 150}
HOOKS = {
    "provision": "access.py", "power_on": "power.sh", "power_off": "power.sh", "deprovision": "wipe.sh",
    "lead_minutes": 10,
}  # fmt: skip
"""The samples in the folder of scripts."""

MULTI_SITE = {"key": "multi-site", "label": "Multi-site (second pod)", "extra_tokens": 4}
CLEAN_FABRIC = {"key": "clean-fabric", "label": "Clean fabric", "extra_tokens": 0}
L4_L7 = {"key": "l4-l7", "label": "L4–L7 services", "extra_tokens": 2}
VMM = {"key": "vmm", "label": "VMM domain ready", "extra_tokens": 1}

RACKS: tuple[Fields, ...] = (
    {
        "code": "RACK-01", "name": "Starter fabric", "price_tokens_per_slot": 2,
        "description": "2 spines, 2 leaves, 1 APIC. Made for a first look.", "turnaround_minutes": 15,
        "rack": {"aci_versions": ["5.2(8e)", "6.0(5h)"], "preconfig_options": [CLEAN_FABRIC], "hooks": HOOKS},
    },
    {
        "code": "RACK-02", "name": "Standard fabric", "price_tokens_per_slot": 3,
        "description": "2 spines, 4 leaves, 3 APICs.", "turnaround_minutes": 15,
        "rack": {"aci_versions": ["6.0(5h)", "6.1(2g)"], "preconfig_options": [CLEAN_FABRIC, VMM], "hooks": HOOKS},
    },
    {
        "code": "RACK-03", "name": "Standard fabric", "price_tokens_per_slot": 3,
        "description": "2 spines, 4 leaves, 3 APICs.", "turnaround_minutes": 15,
        "rack": {
            "aci_versions": ["5.2(8e)", "6.0(5h)"], "preconfig_options": [CLEAN_FABRIC, L4_L7], "hooks": HOOKS,
        },
    },
    {
        "code": "RACK-04", "name": "Multi-site", "price_tokens_per_slot": 5, "turnaround_minutes": 30,
        "description": "Two pods with Nexus Dashboard and an inter-site network.",
        "rack": {"aci_versions": ["6.0(5h)", "6.1(2g)"], "preconfig_options": [MULTI_SITE, L4_L7]},
    },
    {
        "code": "RACK-05", "name": "Upgrade lab", "price_tokens_per_slot": 4, "turnaround_minutes": 30,
        "description": "Starts at the version you choose; break it, restore it, upgrade it.",
        "rack": {"aci_versions": ["4.2(7f)", "5.2(8e)", "6.0(5h)"], "preconfig_options": [CLEAN_FABRIC]},
    },
    {
        "code": "RACK-06", "name": "Exam fabric", "price_tokens_per_slot": 4, "min_slots": 2, "check_in": "required",
        "description": "As in the exam: 2 spines, 4 leaves, 3 APICs, an external router and a firewall.",
        "rack": {"aci_versions": ["5.2(8e)", "6.1(2g)"], "preconfig_options": [CLEAN_FABRIC, L4_L7, VMM]},
    },
)  # fmt: skip

PACKS: tuple[Fields, ...] = (
    {
        "name": "Starter", "token": 10, "duration": 30, "price": {"INR": 24_900},
        "description": "A first evening in the lab.",
        "content": "<b>10 tokens</b>, valid for 30 days. Two and a half hours on RACK-01.",
    },
    {
        "name": "Lab", "token": 50, "duration": 90, "price": {"INR": 99_900},
        "description": "A week of practice.",
        "content": "<b>50 tokens</b>, valid for 90 days. Save a fifth.",
    },
    {
        "name": "Pro", "token": 120, "duration": 180, "price": {"INR": 199_900},
        "description": "For the exam, or for a team.",
        "content": "<b>120 tokens</b>, valid for 180 days. Our best price per hour.",
    },
)  # fmt: skip

KAVYA_BOOKS = (
    (1, "RACK-01", 10, 3), (1, "RACK-03", 14, 2), (2, "RACK-02", 11, 4), (2, "RACK-04", 9, 4), (3, "RACK-03", 8, 7),
    (3, "RACK-05", 10, 2), (6, "RACK-04", 15, 3), (0, "RACK-02", 11, 2),
)  # fmt: skip
ARJUN_BOOKS = (
    (1, "RACK-02", 12, 3), (2, "RACK-01", 15, 2), (2, "RACK-06", 13, 3), (3, "RACK-03", 16, 5), (4, "RACK-06", 10, 3),
    (5, "RACK-01", 13, 2),
)  # fmt: skip

DEMO = Demo(
    name="racks",
    says="Planted one venue, six racks and three packs.",
    venue={
        "code": "SECTOR-V", "name": "Sector V Lab", "address": "Salt Lake Electronics Complex, Sector V",
        "city": "Kolkata", "timezone": "Asia/Kolkata", "opening_hours": [*[WEEKDAY] * 6, SUNDAY],
        "amenities": ["Wi-Fi", "Tea", "Console access"], "currency": "INR",
    },
    resources=tuple({**rack, "price_rules": [EVENING_PEAK]} for rack in RACKS),
    packs=PACKS,
    visits=tuple(
        Visit(guest=guest, days_ahead=ahead, code=code, from_hour=from_hour, hours=hours)
        for guest, books in (("kavya", KAVYA_BOOKS), ("arjun", ARJUN_BOOKS))
        for ahead, code, from_hour, hours in books
    ),
)  # fmt: skip
