"""Words of HTTP APIs: the only parts of a path that may be kept when no route tells which parts are values.

Everyday words of programs, in lower case: no names of people, places or companies, so that no such value can match.
"""

from __future__ import annotations

API_WORDS = frozenset(
    """
    about accept access account accounts actions activate activities activity add address addresses admin agents ajax
    alerts all analytics and announcements answers api apis app applications appointments approve apps archive
    articles assets assignments async attachments attributes audit auth authenticate authorization authorize
    availability avatar backup balance balances banks banners basket batch beneficiaries billing bills block blog
    blogs bookings books brands bulk businesses by calculate calendar calendars callback calls campaigns cancel
    candidates card cards carriers cart carts catalog catalogue categories category change channel channels charge
    charges chat check checkout children cities claim claims clear client clients close comments companies complete
    config configuration confirm connect consent contact contacts content contents contracts conversations count
    countries coupons courses create credentials credit currencies current customer customers dashboard data
    deactivate debug default delete deliveries delivery departments deposit deposits details devices diagnoses disable
    discounts dispatch documents done download downloads drafts edit email emails employees enable encounters endpoint
    entries errors evaluate events exchange execute expenses export favorites feature features feed feedback fees
    fetch fields file files filter find flags folders follow for forgot form forms friends from gateway geo get goods
    graphql group groups grpc handler health healthcheck healthz hello help history home hooks hotels html identity
    image images import in inbox incidents index info ingest init install insurance internal inventory invitations
    invite invoice invoices issue issues items job jobs json jwks keys labels languages latest leads licenses like
    likes limits links list live liveness locale locations lock log login logins logout logs lookup mail manage map me
    media medications members memberships menu merchants message messages meta metadata methods metrics mobile models
    modules move my name new news newsletter next notes notifications notify oauth oauth2 objects of offers on open
    openapi operations optin options order orders organisations organizations orgs owners pages partners parts
    password passwords patients pay payees payment payments payouts payroll pending people performance permissions
    photos ping places plans players policies policy portal portfolio post posts preferences prescriptions preview
    prices pricing print private process product products profile profiles projects promotions properties providers
    proxy public publish purchase purchases push queries query questions queue quote quotes ranges rate rates rating
    ratings read readiness ready readyz receipts recommendations records recover redeem redirect refresh refund
    refunds regions register registration reject release remove renew reply report reports request requests
    reservations reset resolve resources rest results retry returns reviews revoke roles root routes rpc rules run
    sales save scan schedule schedules schema scores search secure security segments send sensors server service
    services session sessions settings share shifts ship shipments shipping shop signin signout signup simulate sites
    sms sso standings start state static stations statistics stats status stock stop stores stream students subjects
    submit subscribe subscriptions suggest suggestions summary support surveys swagger sync system tables tags tasks
    teams templates tenants test tests thanks the threads tickets time timeline to token tokens topics track tracking
    trade trades transactions transfer transfers transport trips types unlock unsubscribe update updates upload
    uploads usage user userinfo users validate values vaults vehicles vendors verification verify version versions
    video videos view views visits vote vouchers wallet wallets warehouse web webhook webhooks wellknown wishlist
    wishlists with withdraw withdrawals workers workflows write xml zones
    """.split()
)
