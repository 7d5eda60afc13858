Feature: Approvals

  OptiInfra acts in somebody else's cloud, so a person decides. An approval starts one change, whoever presses the button and however
  often; it is good for a while and not for ever, and what is decided stays decided. How a change is carried out is out of scope here.

  @REQ-JRN-008
  Rule: Approving a recommendation must start exactly one optimization, however often the approval is sent

    Background:
      Given customer "Tinker" runs 3 inference nodes on demand
      And the cost agent recommends an idle termination

    @needs_records
    Scenario: One approval starts one optimization
      When the customer approves the recommendation
      Then exactly one optimization is started

    @needs_records
    Scenario: An approval that is sent three times starts one optimization
      When the customer approves the recommendation three times
      Then every answer names the same optimization
      And exactly one optimization is started

    @needs_records
    Scenario: Approvals of two people at one moment start one optimization
      When two people approve the recommendation at one moment
      Then every answer names the same optimization
      And exactly one optimization is started

    @needs_records
    Scenario: An approval that is sent again when the change is done starts nothing
      Given the change that it recommends is done
      When the customer approves the recommendation again
      Then every answer names the same optimization
      And exactly one optimization is started

  @REQ-JRN-016
  Rule: An approval that is still open after its time must be refused: 48 hours at medium risk, 24 at high, 4 at critical

    Background:
      Given customer "Tinker" runs 1 inference node on demand

    @needs_clock_control
    Scenario Outline: A <risk> risk is refused once <limit> are over
      Given an agent has made a recommendation of <risk> risk
      And <limit> have passed since
      When the customer approves the recommendation
      Then the approval is refused because its time is over
      And the customer was told so when <limit> were over
      And no change has begun

      Examples:
        | risk     | limit    |
        | medium   | 48 hours |
        | high     | 24 hours |
        | critical | 4 hours  |

    @needs_clock_control @needs_records
    Scenario Outline: A <risk> risk is approved one second before <limit> are over
      Given an agent has made a recommendation of <risk> risk
      And all but one second of <limit> has passed since
      When the customer approves the recommendation
      Then exactly one optimization is started

      Examples:
        | risk     | limit    |
        | medium   | 48 hours |
        | high     | 24 hours |
        | critical | 4 hours  |

    @needs_clock_control @needs_records
    Scenario: A low risk stays open
      Given an agent has made a recommendation of low risk
      And 30 days have passed since
      When the customer approves the recommendation
      Then exactly one optimization is started
