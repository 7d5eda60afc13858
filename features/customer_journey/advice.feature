Feature: Advice without asking

  Nobody buys a platform in order to ask it questions. As soon as a fleet is known all four agents look at it, and what is wasted leads to
  advice at once. Where nothing is wasted they keep quiet, because advice that is not worth reading is not read for long. How good an
  estimate is, is told elsewhere.

  @REQ-JRN-005
  Rule: All four agents must analyse a discovered fleet unasked, and waste must lead to a recommendation within 60 seconds

    Scenario: Every agent looks at a fleet as soon as it is known
      Given a company like "Northwind" with 1 inference node on demand
      When the company signs up and lets OptiInfra into its cloud
      Then all four agents analyse the fleet unasked
      And the cost agent advises a spot migration within 60 seconds

    Scenario: A node that does nothing is found by the cost agent
      Given a company like "Tinker" with 2 inference nodes on demand
      And one of its nodes is idle
      When the company signs up and lets OptiInfra into its cloud
      Then the cost agent advises an idle termination within 60 seconds
      And nobody advises anything else

    Scenario: Nodes that are too large are found by the resource agent
      Given a company like "Tinker" with 1 inference node on demand
      And its nodes are used at 20% at most
      When the company signs up and lets OptiInfra into its cloud
      Then the resource agent advises a rightsizing within 60 seconds
      And nobody advises anything else

    Scenario: Requests that queue for memory are found by the performance agent
      Given a company like "Tinker" with 1 inference node on demand
      And its requests queue for memory
      When the company signs up and lets OptiInfra into its cloud
      Then the performance agent advises a kv cache tuning within 60 seconds
      And nobody advises anything else

  @REQ-JRN-006
  Rule: A fleet with nothing to improve must get no recommendation

    Scenario: A busy fleet that must not be interrupted is left in peace
      Given a company like "Tinker" with 2 inference nodes on demand
      When the company signs up and lets OptiInfra into its cloud
      Then all four agents analyse the fleet unasked
      And OptiInfra recommends nothing

    Scenario: A busy fleet whose owner forbids interruption is left in peace
      Given a company like "Meridian Bank" with 1 inference node on demand
      When the company signs up and lets OptiInfra into its cloud
      Then all four agents analyse the fleet unasked
      And OptiInfra recommends nothing

    Scenario: A fleet that is left in peace stays so
      Given customer "Tinker" runs 2 inference nodes on demand
      When 1 day passes
      Then all four agents look again within 10 minutes
      And OptiInfra recommends nothing

    Scenario: Advice goes when its reason has gone
      Given customer "Tinker" runs 3 inference nodes on demand
      And the cost agent recommends an idle termination
      When the idle node finds work
      Then the advice is withdrawn within 10 minutes
